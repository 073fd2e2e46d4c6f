//! The training engine of Hermes: pure, deterministic, explained.
//!
//! Every decision is a function of explicit inputs ([`facts::Facts`]). Nothing here reads a clock,
//! a file, an environment variable or a random number, and no floating-point value decides
//! anything before it is rounded at a stated place.

pub mod adaptation;
pub mod assign;
pub mod calendar;
pub mod calibrate;
pub mod decision;
pub mod facts;
pub mod health;
pub mod history;
pub mod limits;
pub mod milestone;
mod place;
pub mod plan;
pub mod predict;
pub mod record;
pub mod repair;
pub mod roadmap;
pub mod rules;
pub mod ruleset;
pub mod session;
pub mod signals;
pub mod soft;
pub mod standing;
pub mod state;
pub mod step;
pub mod templates;
pub mod terrain;
mod trim;
pub mod units;
pub mod vdot;
pub mod workout;
