//! Compliance, check-ins, patterns, meters and the weekly summary: what follows from plans and
//! from what was run of them.

#![expect(clippy::unwrap_used, reason = "a test may panic; these are its helpers")]

mod answers;
mod matching;
mod meters;
mod properties;
mod rest;
mod world;
