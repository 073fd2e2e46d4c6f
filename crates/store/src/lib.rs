//! All SQL of Hermes: the schema, its migrations and every statement, for SQLite and PostgreSQL.
//!
//! One body of SQL serves both databases; what differs is in `database.rs`. Invariants:
//!
//! - Nothing here reads a clock: every write is told `now`. Ids are made here from it, never by
//!   the database.
//! - Every read and write of what a user owns names the user.
//! - A function that writes is one transaction. When it fails, nothing of it remains.
//! - A number that does not fit its column cannot be made: see [`value::Decimal`] and
//!   [`value::Text`].
//! - No statement is run per row of a list; lists are read and written in bounded batches.

pub mod activities;
pub mod adaptation;
pub mod check;
pub mod checkins;
pub mod clocks;
pub mod copy;
pub mod corrections;
mod database;
pub mod edits;
mod error;
#[cfg(feature = "faults")]
pub mod faults;
#[cfg(not(feature = "faults"))]
#[path = "no_faults.rs"]
mod faults;
pub mod feedback;
pub mod goals;
pub mod health;
pub mod imports;
mod intake;
pub mod jobs;
pub mod known;
pub mod ledger;
mod lists;
mod merge;
pub mod meters;
pub mod newcomers;
pub mod news;
pub mod plans;
pub mod preferences;
pub mod profile;
pub mod readings;
pub mod roadmap;
pub mod secrets;
mod server;
pub mod sessions;
pub mod settled;
mod shape;
pub mod sources;
pub mod strava;
pub mod summaries;
pub mod templates;
pub mod users;
pub mod value;
pub mod watched;

pub use database::{Backend, Options, PoolStatus, SchemaStatus, Store, TRANSACTION_ATTEMPTS};
pub use error::{Result, StoreError};
pub use shape::Table;

/// Every statement with its name, for the test that lets both databases prepare each one.
#[doc(hidden)]
#[must_use]
pub fn all_statements() -> Vec<(&'static str, String)> {
    [
        activities::all_statements(),
        adaptation::all_statements(),
        check::all_statements(),
        checkins::all_statements(),
        clocks::all_statements(),
        corrections::all_statements(),
        edits::all_statements(),
        feedback::all_statements(),
        goals::all_statements(),
        health::all_statements(),
        imports::all_statements(),
        intake::all_statements(),
        jobs::all_statements(),
        known::all_statements(),
        ledger::all_statements(),
        meters::all_statements(),
        newcomers::all_statements(),
        news::all_statements(),
        plans::all_statements(),
        preferences::all_statements(),
        profile::all_statements(),
        readings::all_statements(),
        roadmap::all_statements(),
        secrets::all_statements(),
        sessions::all_statements(),
        sources::all_statements(),
        strava::all_statements(),
        summaries::all_statements(),
        templates::all_statements(),
        users::all_statements(),
        watched::all_statements(),
    ]
    .concat()
}
