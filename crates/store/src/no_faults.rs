//! What programs are built with in place of the faults of tests: nothing.

use crate::error::Result;
use sqlx::sqlite::SqliteConnectOptions;

pub(crate) const fn opening(connect: SqliteConnectOptions) -> SqliteConnectOptions {
    connect
}

pub(crate) const fn begin() {}

#[expect(clippy::unnecessary_wraps, reason = "faults fail")]
pub(crate) const fn before(_: &str) -> Result<bool> {
    Ok(false)
}

pub(crate) const fn changed(_: bool, _: u64) {}

#[expect(clippy::unnecessary_wraps, reason = "faults fail")]
pub(crate) const fn committing() -> Result<()> {
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "faults fail")]
pub(crate) const fn committed() -> Result<()> {
    Ok(())
}
