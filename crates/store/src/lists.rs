//! Statements over lists, in the form that each database takes best, and claims of rows.

use crate::value::{Column, Scalar};
use sqlx::postgres::PgArguments;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr};

/// Most values in one bulk statement. The databases would take 32 766 and 65 535, but SQLite
/// searches the names of placeholders one by one, so a longer statement costs more per row.
pub(crate) const BULK_VALUES_MAX: usize = 1_000;
/// Most rows in one bulk statement to PostgreSQL, which takes each column as an array.
const BULK_ROWS_MAX: usize = 2_000;

/// One statement of a list.
pub(crate) enum Part {
    /// Rows of values.
    Values(SqlStr, Vec<Scalar>),
    /// An array for each column.
    Columns(SqlStr, Vec<Column>),
}

pub(crate) fn columns_query(
    sql: SqlStr,
    columns: Vec<Column>,
) -> sqlx::query::Query<'static, Postgres, PgArguments> {
    let mut query = sqlx::query::<Postgres>(sql);
    for column in columns {
        query = query.bind(column);
    }
    query
}

/// A statement over a list of rows: `head VALUES ($1, $2), ($3, $4) tail`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bulk {
    /// Up to and including `VALUES`.
    pub(crate) head: &'static str,
    /// Values in a row.
    pub(crate) width: usize,
    /// What follows the rows.
    pub(crate) tail: &'static str,
}

impl Bulk {
    /// The statement for a number of rows. It is made of the crate's own text and placeholders.
    pub(crate) fn sql(&self, rows: usize) -> String {
        format!("{}{} {}", self.head, placeholders(rows, self.width), self.tail)
    }

    /// The statement that takes an array for each column: one text for any number of rows, which
    /// PostgreSQL reads and plans once. `None` for a list that stands elsewhere than at the end.
    pub(crate) fn columns_sql(&self) -> Option<String> {
        let head = self.head.strip_suffix(" VALUES")?;
        let arrays: Vec<String> = (1..=self.width).map(|n| format!("${n}")).collect();
        Some(format!("{head} SELECT * FROM UNNEST({}) {}", arrays.join(", "), self.tail))
    }

    pub(crate) fn in_columns(
        &self,
        sql: String,
        rows: Vec<Vec<Scalar>>,
    ) -> Box<dyn Iterator<Item = Part> + Send> {
        let bulk = *self;
        let mut rows = rows.into_iter();
        Box::new(std::iter::from_fn(move || {
            let part: Vec<Vec<Scalar>> = rows.by_ref().take(BULK_ROWS_MAX).collect();
            if part.is_empty() {
                return None;
            }
            Some(Part::Columns(own_sql(sql.clone()), Column::of(part, bulk.width)))
        }))
    }

    pub(crate) fn statements(
        &self,
        rows: Vec<Vec<Scalar>>,
    ) -> impl Iterator<Item = (SqlStr, Vec<Scalar>)> + Send + use<> {
        let bulk = *self;
        let most = (BULK_VALUES_MAX / bulk.width).max(1);
        let mut rows = rows.into_iter();
        std::iter::from_fn(move || {
            // Whole powers of two: so few different statements that each is prepared once.
            let left = rows.len().min(most);
            let size = 1 << left.checked_ilog2()?;
            let part: Vec<Vec<Scalar>> = rows.by_ref().take(size).collect();
            let sql = own_sql(bulk.sql(part.len()));
            Some((sql, part.into_iter().flatten().collect()))
        })
    }
}

/// A statement that claims rows, as each database has it.
pub(crate) struct Claim {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// Makes a [`Claim`] of the query that chooses the ids and the change of those in `due`. SQLite
/// has one writer; PostgreSQL passes over the rows that somebody else is claiming.
macro_rules! claim {
    ($choose:expr, $change:expr) => {
        $crate::lists::Claim {
            sqlite: concat!("WITH due AS MATERIALIZED (", $choose, ") ", $change),
            postgres: concat!(
                "WITH due AS MATERIALIZED (",
                $choose,
                " FOR UPDATE SKIP LOCKED) ",
                $change
            ),
        }
    };
}
pub(crate) use claim;
/// A statement that was put together of the crate's own text, names of tables and placeholders.
pub(crate) fn own_sql(sql: String) -> SqlStr {
    AssertSqlSafe(sql).into_sql_str()
}

/// ` ($1, $2), ($3, $4)` for two rows of two values.
pub(crate) fn placeholders(rows: usize, width: usize) -> String {
    let mut sql = String::new();
    for row in 0..rows {
        sql.push_str(if row == 0 { " (" } else { ", (" });
        for column in 0..width {
            let comma = if column == 0 { "" } else { ", " };
            let number = row * width + column + 1;
            sql.push_str(&format!("{comma}${number}"));
        }
        sql.push(')');
    }
    sql
}
