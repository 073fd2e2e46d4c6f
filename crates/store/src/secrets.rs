//! Sealed secrets as they are stored. What is inside the envelopes is `app`'s business.

use crate::database::{Store, args, own_sql, transaction};
use crate::error::Result;
use crate::value::Scalar;
use uuid::Uuid;

/// Most envelopes that are read or replaced at once.
pub const ENVELOPES_MAX: u32 = 500;

const ACCESS_AFTER: &str = "SELECT id, access_token AS envelope FROM users \
    WHERE id > $1 AND access_token <> '' ORDER BY id LIMIT $2";
const REFRESH_AFTER: &str = "SELECT id, refresh_token AS envelope FROM users \
    WHERE id > $1 AND refresh_token <> '' ORDER BY id LIMIT $2";
/// Most envelopes that one statement replaces.
const REPLACED_AT_ONCE: usize = 100;

/// Replaces so many envelopes: `$1` of which user, `$2` which one, `$3` by which, and so on. The
/// places of the values tell PostgreSQL their types, as a list of VALUES would not.
fn replace(column: SecretColumn, rows: usize) -> String {
    let (name, numbers) = (column.column(), (0..rows).map(|row| 3 * row));
    let cases: Vec<String> =
        numbers.clone().map(|n| format!("WHEN ${} THEN ${}", n + 1, n + 3)).collect();
    let rows: Vec<String> =
        numbers.map(|n| format!("(id = ${} AND {name} = ${})", n + 1, n + 2)).collect();
    let (cases, rows) = (cases.join(" "), rows.join(" OR "));
    format!("UPDATE users SET {name} = CASE id {cases} END WHERE {rows}")
}

pub(crate) fn all_statements() -> Vec<(&'static str, String)> {
    vec![
        ("secrets::ACCESS_AFTER", ACCESS_AFTER.to_owned()),
        ("secrets::REFRESH_AFTER", REFRESH_AFTER.to_owned()),
        ("secrets::replace access", replace(SecretColumn::AccessToken, 2)),
        ("secrets::replace refresh", replace(SecretColumn::RefreshToken, 2)),
    ]
}

/// A column that holds envelopes. An empty text is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretColumn {
    /// `users.access_token`
    AccessToken,
    /// `users.refresh_token`
    RefreshToken,
}

impl SecretColumn {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::AccessToken, Self::RefreshToken];

    /// Its table.
    #[must_use]
    pub const fn table(self) -> &'static str {
        "users"
    }

    /// Its name in the table.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
        }
    }
}

impl Store {
    /// The next envelopes of a column by the user's key, after one of them (nil for the first); at
    /// most [`ENVELOPES_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn envelopes_after(
        &self,
        column: SecretColumn,
        after: Uuid,
    ) -> Result<Vec<(Uuid, String)>> {
        let sql = match column {
            SecretColumn::AccessToken => ACCESS_AFTER,
            SecretColumn::RefreshToken => REFRESH_AFTER,
        };
        let args = args![after, i64::from(ENVELOPES_MAX)];
        let rows = self.read().await?.rows(sql, args).await?;
        rows.iter().map(|row| Ok((row.get("id")?, row.get("envelope")?))).collect()
    }

    /// Replaces envelopes of a column: of which user, which one, by which. One that was written
    /// meanwhile stays. How many were replaced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_envelopes(
        &self,
        column: SecretColumn,
        replacements: &[(Uuid, String, String)],
    ) -> Result<u64> {
        transaction!(self, |db| {
            let mut replaced = 0;
            for part in replacements.chunks(REPLACED_AT_ONCE) {
                let args: Vec<Scalar> =
                    part.iter().flat_map(|(user, old, new)| args![user, old, new]).collect();
                replaced += db.run(own_sql(replace(column, part.len())), args).await?;
            }
            Ok(replaced)
        })
    }
}
