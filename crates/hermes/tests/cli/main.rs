//! The command line as a runner uses it: the built binary, real files, both databases.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod bad_input;
mod edit;
mod everything;
mod forecast;
mod health;
mod matches;
mod real_archive;
mod same_everywhere;
mod simulate;
mod steady_runner;
mod stock;
mod tools;
