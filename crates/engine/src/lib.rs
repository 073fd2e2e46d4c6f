//! The training engine of Hermes: pure, deterministic, explained.
//!
//! Every decision is a function of explicit inputs ([`facts::Facts`]). Nothing here reads a clock,
//! a file, an environment variable or a random number, and no floating-point value decides
//! anything before it is rounded at a stated place.

pub mod calendar;
pub mod decision;
pub mod facts;
pub mod record;
pub mod rules;
pub mod ruleset;
pub mod session;
pub mod state;
pub mod templates;
pub mod units;
