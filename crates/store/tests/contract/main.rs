//! The store's contract: every function, on both databases, through one harness.

#![expect(clippy::expect_used, reason = "a test ends where something is not as it should be")]

mod activities;
mod at_once;
mod clocks;
mod corrections;
mod edits;
mod harness;
mod jobs;
mod journal;
mod kept;
mod news;
mod opening;
mod plans;
mod portable;
mod released;
mod repeats;
mod roadmap;
mod runner;
mod schema;
mod settled;
mod sources;
mod strava;
mod types;
mod users;
mod whole;
