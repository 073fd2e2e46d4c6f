//! Use cases of the app, on SQLite, with a clock that the tests move.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod demo;
mod edits;
mod files;
mod health;
mod jobs;
mod matches;
mod pipeline;
mod says;
mod sports;
mod stock;
mod strava;
mod upkeep;
mod use_cases;
mod views;
mod world;
