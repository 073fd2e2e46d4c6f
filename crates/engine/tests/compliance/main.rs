//! Compliance, check-ins, patterns, meters and the weekly summary: what follows from plans and
//! from what was run of them.

mod answers;
mod matching;
mod meters;
mod properties;
mod rest;
mod world;
