//! Is the database sound, and can everything in it be read?

use crate::copy::Seal;
use crate::database::{Backend, Store, args, statements};
use crate::error::Result;
use uuid::Uuid;

/// Most faults that are named one by one.
pub const FAULTS_MAX: usize = 100;

statements! {
    USERS_AFTER = "SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT $2";
}

/// SQLite looks at its pages, its indexes and its references.
const SQLITE: [&str; 2] = [
    "SELECT integrity_check AS fault FROM pragma_integrity_check \
     WHERE integrity_check <> 'ok' LIMIT 100",
    "SELECT 'row ' || COALESCE(rowid, '?') || ' of table ' || \"table\" || \
     ' refers to a row of ' || parent || ' that is not there' AS fault \
     FROM pragma_foreign_key_check LIMIT 100",
];

/// PostgreSQL keeps its constraints itself; what it does not vouch for is in its catalogue.
const POSTGRES: [&str; 2] = [
    "SELECT 'constraint ' || conname || ' of table ' || conrelid::regclass::text || \
     ' was never validated' AS fault FROM pg_constraint \
     WHERE NOT convalidated AND connamespace = CURRENT_SCHEMA::regnamespace \
     ORDER BY 1 LIMIT 100",
    "SELECT 'index ' || i.indexrelid::regclass::text || ' is not valid; REINDEX it' AS fault \
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
     WHERE NOT i.indisvalid AND c.relnamespace = CURRENT_SCHEMA::regnamespace \
     ORDER BY 1 LIMIT 100",
];

/// What was found of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCheck {
    /// The table.
    pub name: String,
    /// What it holds, or the first value in it that cannot be read, in words.
    pub found: Result<Seal, String>,
}

impl Store {
    /// What the database itself finds wrong, in words; at most [`FAULTS_MAX`] of each kind.
    ///
    /// # Errors
    /// When it does not answer. A file too damaged to be looked at is a fault, not an error.
    pub async fn faults(&self) -> Result<Vec<String>> {
        let (mut db, sqlite) = (self.read().await?, self.backend() == Backend::Sqlite);
        let mut faults = Vec::new();
        for sql in if sqlite { SQLITE } else { POSTGRES } {
            match db.rows(sql, Vec::new()).await {
                Ok(rows) => {
                    for row in rows {
                        faults.push(row.get("fault")?);
                    }
                }
                Err(error) if sqlite => faults.push(error.to_string()),
                Err(error) => return Err(error),
            }
        }
        Ok(faults)
    }

    /// Reads every row of every table.
    ///
    /// # Errors
    /// As [`Store::whole`]; a row that cannot be read is no error but found.
    pub async fn check_tables(&self) -> Result<Vec<TableCheck>> {
        let mut whole = self.whole().await?;
        let mut checked = Vec::new();
        for table in whole.tables() {
            let found = whole.seal(&table).await.map_err(|error| error.to_string());
            checked.push(TableCheck { name: table.name().to_owned(), found });
        }
        Ok(checked)
    }

    /// The next users by key, after one of them (nil for the first), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users_after(&self, after: Uuid, limit: u32) -> Result<Vec<Uuid>> {
        let args = args![after, i64::from(limit)];
        let rows = self.read().await?.rows(USERS_AFTER, args).await?;
        rows.iter().map(|row| row.get("id")).collect()
    }
}
