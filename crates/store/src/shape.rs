//! The shape of the schema at any of its versions, read from the migrations' own text: which
//! tables there are, what their columns hold and what they refer to. Copies, backups and checks
//! follow it, so a new table is in all of them as soon as its migration is.
//!
//! PostgreSQL's text is read for both databases, because its types say more than SQLite's. A
//! contract test compares what is read here with both catalogues.

use crate::database::steps;
use crate::error::{Result, StoreError};
use crate::value::{Json, Kind, LocalTime, Scalar, Value, decimal_units};
use hermes_engine::calendar::Day;
use jiff::Timestamp;
use uuid::Uuid;

/// Ends of the names of columns that hold a wall clock without a zone.
const LOCAL: &str = "_local";

/// What a column holds, alike on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    Int,
    Bool,
    Text,
    Bytes,
    Id,
    Day,
    /// UTC.
    Time,
    /// A wall clock without a zone.
    Local,
    /// So many decimals.
    Decimal(u32),
    Json,
}

impl Holds {
    /// From a PostgreSQL type, such as `DECIMAL(5,2)`.
    fn of(column: &str, sql: &str) -> Option<Self> {
        let (name, sizes) = sql.split_once('(').unwrap_or((sql, ""));
        Some(match name.to_ascii_uppercase().as_str() {
            "SMALLINT" | "INTEGER" | "BIGINT" => Self::Int,
            "BOOLEAN" => Self::Bool,
            "TEXT" | "VARCHAR" | "CHAR" => Self::Text,
            "BYTEA" => Self::Bytes,
            "UUID" => Self::Id,
            "DATE" => Self::Day,
            "TIMESTAMP" if column.ends_with(LOCAL) => Self::Local,
            "TIMESTAMP" => Self::Time,
            "DECIMAL" | "NUMERIC" => {
                let (_, scale) = sizes.split_once(',')?;
                Self::Decimal(scale.trim_end_matches(')').trim().parse().ok()?)
            }
            "JSONB" => Self::Json,
            _ => return None,
        })
    }

    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Int => Kind::Int,
            Self::Bool => Kind::Bool,
            Self::Text => Kind::Text,
            Self::Bytes => Kind::Bytes,
            Self::Id => Kind::Id,
            Self::Day => Kind::Day,
            Self::Time | Self::Local => Kind::Time,
            Self::Decimal(_) => Kind::Decimal,
            Self::Json => Kind::Json,
        }
    }

    /// What a value of such a column is called in an error.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Int => <i64 as Value>::NAME,
            Self::Bool => <bool as Value>::NAME,
            Self::Text => <String as Value>::NAME,
            Self::Bytes => <Vec<u8> as Value>::NAME,
            Self::Id => <Uuid as Value>::NAME,
            Self::Day => <Day as Value>::NAME,
            Self::Time => <Timestamp as Value>::NAME,
            Self::Local => <LocalTime as Value>::NAME,
            Self::Decimal(_) => "decimal of that scale",
            Self::Json => <Json as Value>::NAME,
        }
    }

    /// The one form of a value, whichever database or backup it was read from; `None` where it is
    /// no such value.
    pub(crate) fn canonical(self, scalar: Scalar) -> Option<Scalar> {
        fn whole<T: Value>(scalar: Scalar) -> Option<Scalar> {
            T::from_scalar(scalar).map(|value| value.to_scalar())
        }
        if matches!(scalar, Scalar::Null(_)) {
            return Some(Scalar::Null(self.kind()));
        }
        match self {
            Self::Int => whole::<i64>(scalar),
            Self::Bool => whole::<bool>(scalar),
            Self::Text => whole::<String>(scalar),
            Self::Bytes => whole::<Vec<u8>>(scalar),
            Self::Id => whole::<Uuid>(scalar),
            Self::Day => whole::<Day>(scalar),
            Self::Time => whole::<Timestamp>(scalar),
            Self::Local => whole::<LocalTime>(scalar),
            Self::Decimal(scale) => {
                decimal_units(&scalar, scale).map(|u| Scalar::Decimal(i128::from(u), scale))
            }
            Self::Json => {
                let mut json = Json::from_scalar(scalar)?.read().ok()?;
                plain_numbers(&mut json);
                Some(Json::from(json).to_scalar())
            }
        }
    }
}

/// JSONB writes 1e2 as 100 and keeps 1.0: whole numbers are whole here, however written.
fn plain_numbers(json: &mut serde_json::Value) {
    /// Up to here a binary fraction holds every whole number.
    const EXACT: f64 = 9e15;
    match json {
        serde_json::Value::Array(items) => items.iter_mut().for_each(plain_numbers),
        serde_json::Value::Object(fields) => {
            fields.sort_keys();
            fields.values_mut().for_each(plain_numbers);
        }
        serde_json::Value::Number(number) if number.is_f64() => {
            if let Some(real) = number.as_f64().filter(|r| r.fract() == 0.0 && r.abs() < EXACT) {
                #[expect(clippy::cast_possible_truncation, reason = "whole and within range")]
                let whole = real as i64;
                *number = whole.into();
            }
        }
        _ => {}
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) holds: Holds,
}

/// A table at one version of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// The columns of the primary key.
    pub(crate) key: Vec<String>,
    /// Tables that its rows refer to.
    refers: Vec<String>,
}

impl Table {
    /// All tables of a version of the schema; one comes after those that it refers to.
    ///
    /// # Errors
    /// [`StoreError::Migration`] where a migration's text cannot be read.
    pub fn all_at(schema: i64) -> Result<Vec<Self>> {
        tables_at(schema)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its columns, in the order in which rows are written.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    fn add(&mut self, definition: &str) -> Option<()> {
        let mut words = definition.split_whitespace();
        let name = words.next()?;
        let tail = definition.get(name.len()..)?.trim_start();
        // A type's sizes may hold a space: `DECIMAL(5, 2)`.
        let end = tail.find([' ', '(']).unwrap_or(tail.len());
        let end = match tail.get(end..)?.strip_prefix('(') {
            Some(sizes) => end + sizes.find(')')? + 2,
            None => end,
        };
        let holds = Holds::of(name, tail.get(..end)?)?;
        self.columns.push(Column { name: name.to_owned(), holds });
        let rest = tail.get(end..)?;
        if rest.contains("PRIMARY KEY") {
            self.key = vec![name.to_owned()];
        }
        if let Some((_, other)) = rest.split_once("REFERENCES ") {
            let other = other.split(['(', ' ']).next()?;
            if other != self.name {
                self.refers.push(other.to_owned());
            }
        }
        Some(())
    }
}

/// The tables of a version of the schema; a table comes after those that it refers to.
///
/// # Errors
/// [`StoreError::Migration`] where a migration's text cannot be read: a fault of this crate, which
/// its tests would find.
pub(crate) fn tables_at(version: i64) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    for (_, name, _, postgres) in steps().into_iter().filter(|step| step.0 <= version) {
        for statement in statements(postgres) {
            follow(&mut tables, &statement).ok_or_else(|| {
                let start: String = statement.chars().take(60).collect();
                StoreError::Migration(format!("\"{name}\" holds {start}, which is not understood"))
            })?;
        }
    }
    in_order(tables)
}

/// The statements of a migration, without comments.
fn statements(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql.lines().map(|l| l.split_once("--").map_or(l, |(l, _)| l)).collect();
    let parts = code.join("\n");
    parts.split(';').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Splits at commas outside parentheses.
fn parts(list: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    list.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
    .collect()
}

/// What a statement does to the tables. `None` where it is not understood.
fn follow(tables: &mut Vec<Table>, statement: &str) -> Option<()> {
    if let Some(rest) = statement.strip_prefix("CREATE TABLE ") {
        let (name, body) = rest.split_once('(')?;
        let (columns, key, refers) = (Vec::new(), Vec::new(), Vec::new());
        let mut table = Table { name: name.trim().to_owned(), columns, key, refers };
        for part in parts(body.strip_suffix(')')?) {
            match part.split([' ', '(']).next()? {
                "PRIMARY" => {
                    let list = part.split_once('(')?.1.strip_suffix(')')?;
                    table.key = list.split(',').map(|name| name.trim().to_owned()).collect();
                }
                "UNIQUE" | "CHECK" | "CONSTRAINT" => {}
                _ => table.add(part)?,
            }
        }
        tables.push(table);
        return Some(());
    }
    if let Some(rest) = statement.strip_prefix("ALTER TABLE ") {
        let (name, change) = rest.split_once(char::is_whitespace)?;
        let table = tables.iter_mut().find(|table| table.name == name)?;
        for part in parts(change) {
            table.add(part.strip_prefix("ADD COLUMN ")?)?;
        }
        return Some(());
    }
    // Indexes hold no data of their own, and rows that a migration writes are rows like others.
    let known = ["CREATE INDEX ", "CREATE UNIQUE INDEX ", "DROP INDEX ", "INSERT ", "UPDATE "];
    known.iter().any(|start| statement.starts_with(start)).then_some(())
}

/// A table after those that it refers to, else in the migrations' order.
fn in_order(mut tables: Vec<Table>) -> Result<Vec<Table>> {
    let mut ordered: Vec<Table> = Vec::new();
    while !tables.is_empty() {
        let known = |name: &String| ordered.iter().any(|table| table.name == *name);
        let ready = tables.iter().position(|table| table.refers.iter().all(known));
        let Some(ready) = ready else {
            return Err(StoreError::Migration("tables refer to one another in a ring".to_owned()));
        };
        ordered.push(tables.remove(ready));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Option<Vec<Table>> {
        let mut tables = Vec::new();
        statements(sql).iter().try_for_each(|s| follow(&mut tables, s))?;
        Some(tables)
    }

    #[test]
    fn statements_are_understood_or_refused() {
        let tables = read(
            "-- Two tables; the second refers to the first.\n\
             CREATE TABLE b (\n  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),\n\
             a_key VARCHAR(3) NOT NULL REFERENCES a(key) ON DELETE CASCADE,\n\
             amount DECIMAL(5, 2) CHECK (amount IN (1, 2)),\n  CHECK (amount > 0)\n);\n\
             CREATE TABLE a (\n  key VARCHAR(3) NOT NULL,\n  part INTEGER, -- so, (or so)\n\
             at_local TIMESTAMP,\n  PRIMARY KEY (key, part)\n);\n\
             CREATE INDEX idx_a ON a(part);\n\
             ALTER TABLE a ADD COLUMN body JSONB, ADD COLUMN bytes BYTEA;\n",
        );
        let tables = in_order(tables.unwrap()).unwrap();
        let names: Vec<_> =
            tables.iter().map(|t| (t.name(), t.columns(), t.key.join(" "))).collect();
        assert_eq!(
            names,
            [
                ("a", vec!["key", "part", "at_local", "body", "bytes"], "key part".to_owned()),
                ("b", vec!["id", "a_key", "amount"], "id".to_owned()),
            ]
        );
        let holds: Vec<_> = tables.iter().flat_map(|t| &t.columns).map(|c| c.holds).collect();
        use Holds::{Bytes, Decimal, Id, Int, Json, Local, Text};
        assert_eq!(holds, [Text, Int, Local, Json, Bytes, Id, Text, Decimal(2)]);
        assert_eq!(read("DROP TABLE a;\n"), None);
        assert_eq!(read("CREATE TABLE a (id MONEY);\n"), None);
        assert_eq!(read("ALTER TABLE nowhere ADD COLUMN a TEXT;\n"), None);
    }

    #[test]
    fn equal_json_has_one_form() {
        let form = |text: &str| {
            Holds::Json.canonical(Scalar::Text(text.to_owned())).map(|s| s.to_string())
        };
        let expected = Some("{\"a\":[1,100,0.5],\"b\":null}".to_owned());
        assert_eq!(form("{ \"b\": null, \"a\": [1.0, 1e2, 0.5] }"), expected);
        assert_eq!(form("{\"a\": [1, 100, 0.50], \"b\": null}"), expected);
        assert_eq!(form("{"), None);
    }
}
