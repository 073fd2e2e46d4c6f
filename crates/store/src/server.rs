//! A connection to PostgreSQL. No statement waits for its answer without end, and a connection of
//! which nobody knows what it is doing is closed, not lent to the next.

use crate::error::{Result, StoreError};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::{PgConnection, Postgres};
use std::time::Duration;

/// A connection, in a transaction or not.
pub(crate) struct Server {
    connection: PoolConnection<Postgres>,
    patience: Duration,
    in_work: bool,
    silent: bool,
}

/// How long to wait for one answer; without a limit for a database that is a file.
pub(crate) struct Patience<'a>(Option<(Duration, &'a mut bool)>);

impl Patience<'_> {
    pub(crate) const fn endless() -> Self {
        Self(None)
    }

    /// The answer, or [`StoreError::Silent`]: then what was asked for may have happened or not.
    pub(crate) async fn wait<T>(self, answer: impl Future<Output = sqlx::Result<T>>) -> Result<T> {
        let Some((limit, silent)) = self.0 else { return Ok(answer.await?) };
        let Ok(answer) = tokio::time::timeout(limit, answer).await else {
            *silent = true;
            return Err(StoreError::Silent(limit));
        };
        Ok(answer?)
    }
}

impl Server {
    /// A connection of the pool.
    pub(crate) async fn of(pool: &PgPool, patience: Duration) -> Result<Self> {
        let connection = pool.acquire().await?;
        Ok(Self { connection, patience, in_work: false, silent: false })
    }

    /// The same in a transaction that begins with this statement.
    pub(crate) async fn begin(
        pool: &PgPool,
        patience: Duration,
        statement: &'static str,
    ) -> Result<Self> {
        let mut server = Self::of(pool, patience).await?;
        server.in_work = true;
        server.say(statement).await?;
        Ok(server)
    }

    /// What to ask, and how long to wait.
    pub(crate) fn ask(&mut self) -> (&mut PgConnection, Patience<'_>) {
        let Self { connection, patience, silent, .. } = self;
        (connection, Patience(Some((*patience, silent))))
    }

    async fn say(&mut self, statement: &'static str) -> Result<()> {
        let (connection, patience) = self.ask();
        patience.wait(sqlx::raw_sql(statement).execute(connection)).await?;
        Ok(())
    }

    pub(crate) async fn commit(mut self) -> Result<()> {
        self.say("COMMIT").await?;
        self.in_work = false;
        Ok(())
    }

    /// Ends a transaction without what it did. The server does so itself where the connection
    /// ends: one that does not answer is not waited for once more.
    pub(crate) async fn roll_back(mut self) -> Result<()> {
        if !self.silent {
            self.say("ROLLBACK").await?;
            self.in_work = false;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.in_work || self.silent {
            self.connection.close_on_drop();
        }
    }
}
