//! The store's contract: every function, on both databases, through one harness.

mod activities;
mod harness;
mod journal;
mod opening;
mod plans;
mod roadmap;
mod runner;
mod schema;
mod users;
