//! What is left when something breaks: the process killed at every write, the database cut, slow,
//! full, read-only or restarted, processes racing, the clock jumping. After each: what was
//! confirmed is there, nothing is half-written or doubled, and the next run completes.
//!
//! A fault is of a whole process: it happens in a child, which is this program run again (see
//! `child.rs`). Both databases; the long form is `HERMES_FAULTS=all`.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod child;
mod clock;
mod database;
mod kill;
mod race;
mod regroup;
mod relay;
mod renewal;
mod scene;
mod sync;
mod world;
