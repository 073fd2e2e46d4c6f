//! Compliance, check-ins, patterns, meters and the weekly summary: what follows from plans and
//! from what was run of them.

mod answers;
mod best;
mod matching;
mod meters;
mod properties;
mod rest;
mod world;
