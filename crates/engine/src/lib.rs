//! The training engine of Hermes: pure, deterministic, explained.
//!
//! Every decision is a function of explicit inputs ([`facts::Facts`]). Nothing here reads a clock,
//! a file, an environment variable or a random number, and no floating-point value decides
//! anything before it is rounded at a stated place.

pub mod adaptation;
pub mod assign;
pub mod bootcamp;
pub mod calendar;
pub mod calibrate;
pub mod check_in;
pub mod compliance;
pub mod consequences;
pub mod decision;
pub mod edit;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod forecast;
pub mod goals;
pub mod health;
pub mod history;
pub mod ladder;
pub mod level;
pub mod limits;
pub mod load;
pub mod matching;
pub mod meters;
pub mod milestone;
pub mod missed;
pub mod patterns;
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
pub mod strike;
pub mod summary;
pub mod templates;
pub mod terrain;
mod trim;
pub mod units;
pub mod vdot;
pub mod what_if;
mod wish;
pub mod workout;
