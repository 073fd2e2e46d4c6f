//! The JSON API from outside. Method: the real router on the real app and a new SQLite file, one
//! request at a time, without a network; what has to hold for all of it is asked of every operation
//! of the served document, so that a new one cannot be forgotten.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]

mod common;
#[path = "common/trained.rs"]
mod trained;

#[path = "api/client.rs"]
mod client;
#[path = "api/document.rs"]
mod document;
#[path = "api/problems.rs"]
mod problems;
#[path = "api/reads.rs"]
mod reads;
#[path = "api/repeats.rs"]
mod repeats;
#[path = "api/whys.rs"]
mod whys;
#[path = "api/writes.rs"]
mod writes;
