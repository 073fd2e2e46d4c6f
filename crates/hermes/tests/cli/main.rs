//! The command line as a runner uses it: the built binary, real files, both databases.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod bad_input;
mod db;
mod edit;
mod everything;
mod files;
mod forecast;
mod health;
mod jobs;
mod matches;
mod operations;
mod real_archive;
mod same_everywhere;
mod serve;
mod simulate;
mod simulator;
mod steady_runner;
mod stock;
mod strava;
mod tools;
