//! Whole databases: reading all tables in one state, and writing them into an empty database.
//!
//! A row has one text, whichever database it is in: a JSON array of its columns in the schema's
//! order. A whole number and a truth value stand for themselves; an id, a date, a UTC timestamp, a
//! wall clock, a decimal with all its places, bytes in hexadecimal and JSON with sorted keys are
//! strings. The digest of a table is SHA-256 over the texts of its rows by primary key, each with
//! a newline: equal rows give equal digests on both databases.
//!
//! A database that is being written holds a mark until everything in it was read again and
//! compared; with the mark every other use of it is refused ([`StoreError::CutOff`]).

use crate::database::{
    BULK_VALUES_MAX, Backend, Db, Row, Store, UNFINISHED, own_sql, placeholders, transaction,
};
use crate::error::{Result, StoreError};
use crate::shape::{Holds, Table, tables_at};
use crate::value::Scalar;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sha2::{Digest, Sha256};
use std::fmt;
use std::fmt::Write;

/// Most rows of one page.
pub const PAGE_ROWS: usize = 1_000;
/// A page ends with the row that brings its texts to so many bytes.
pub const PAGE_BYTES: usize = 4 << 20;

/// What a table holds: how many rows, and their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Rows.
    pub rows: u64,
    /// SHA-256 of the rows' texts by primary key, in hexadecimal.
    pub sha256: String,
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows with digest {}", self.rows, self.sha256)
    }
}

/// Rows of one table on their way.
#[derive(Debug, Default)]
pub struct Page {
    rows: Vec<Vec<Scalar>>,
    lines: Vec<String>,
}

impl Page {
    /// The rows' texts, without newlines.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// A page of texts as [`Page::lines`] gave them; `first` is the number of the first one in its
    /// table, from 1.
    ///
    /// # Errors
    /// [`StoreError::BadLine`] for a text that is no row of the table.
    pub fn parse(table: &Table, first: u64, lines: Vec<String>) -> Result<Self> {
        let mut rows = Vec::with_capacity(lines.len());
        for (line, number) in lines.iter().zip(first..) {
            rows.push(parse(table, line).map_err(|reason| StoreError::BadLine {
                table: table.name().to_owned(),
                line: number,
                reason,
            })?);
        }
        Ok(Self { rows, lines })
    }
}

/// All tables in the state of one moment; writers go on meanwhile.
pub struct Snapshot {
    db: Db,
    schema: i64,
    tables: Vec<Table>,
}

impl Store {
    /// Everything as it is at this moment. Holds a connection and, while it lives, keeps the
    /// database from clearing away what is overwritten.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a schema from the future; [`StoreError::Older`] for a database
    /// without tables of Hermes; [`StoreError::CutOff`]; when the database fails.
    pub async fn whole(&self) -> Result<Snapshot> {
        self.schema_status().await?;
        self.whole_unfinished().await
    }

    async fn whole_unfinished(&self) -> Result<Snapshot> {
        let mut db = self.snapshot().await?;
        let status = db.schema_status().await?;
        if status.applied == 0 || status.applied > status.known {
            status.check()?;
        }
        Ok(Snapshot { db, schema: status.applied, tables: tables_at(status.applied)? })
    }
}

impl Snapshot {
    /// The version of its schema.
    #[must_use]
    pub const fn schema(&self) -> i64 {
        self.schema
    }

    /// Its tables; one comes after those that it refers to.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        self.tables.clone()
    }

    /// The rows of a table by primary key.
    pub fn read(&mut self, table: &Table) -> Pages<'_> {
        let sql = own_sql(select(table, self.db.backend()));
        let stream = self.db.stream(sql);
        Pages { stream, table: table.clone(), digest: Sha256::new(), rows: 0, ended: false }
    }

    /// Reads a whole table for its seal.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn seal(&mut self, table: &Table) -> Result<Seal> {
        let mut pages = self.read(table);
        while pages.next().await?.is_some() {}
        Ok(pages.seal())
    }
}

/// The rows of a table, page by page.
pub struct Pages<'a> {
    stream: BoxStream<'a, Result<Row>>,
    table: Table,
    digest: Sha256,
    rows: u64,
    ended: bool,
}

impl Pages<'_> {
    /// The next rows, at least one; `None` after the last.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a value that is not what its column promises; when the
    /// database fails.
    pub async fn next(&mut self) -> Result<Option<Page>> {
        let mut page = Page::default();
        let mut bytes = 0;
        while !self.ended && page.rows.len() < PAGE_ROWS && bytes < PAGE_BYTES {
            let Some(row) = self.stream.next().await else {
                self.ended = true;
                break;
            };
            let row = canonical(&self.table, &row?)?;
            let line = text(&row);
            self.digest.update(line.as_bytes());
            self.digest.update(b"\n");
            bytes += line.len();
            page.rows.push(row);
            page.lines.push(line);
        }
        self.rows += page.rows.len() as u64;
        Ok((!page.rows.is_empty()).then_some(page))
    }

    /// What was read so far; of the whole table after [`Pages::next`] gave `None`.
    #[must_use]
    pub fn seal(self) -> Seal {
        Seal { rows: self.rows, sha256: Scalar::Bytes(self.digest.finalize().to_vec()).to_string() }
    }
}

/// An empty database that is being filled.
pub struct Load {
    store: Store,
    tables: Vec<Table>,
}

impl Store {
    /// Begins to fill this database with the tables of a version of the schema. It must be empty,
    /// or hold what was left of a restore or copy that was cut off; that is thrown away.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], [`StoreError::Foreign`] or [`StoreError::Newer`] before anything
    /// is written; when the database fails.
    pub async fn load(&self, schema: i64) -> Result<Load> {
        let status = self.read().await?.schema_status().await?;
        if status.applied > status.known || schema > status.known || schema < 1 {
            let found = status.applied.max(schema);
            return Err(StoreError::Newer { found, known: status.known });
        }
        let cut_off = matches!(self.schema_status().await, Err(StoreError::CutOff));
        let found = self.count_rows().await?;
        let ours = tables_at(status.applied)?;
        if !cut_off {
            if let Some((table, rows)) = found.iter().find(|(_, rows)| *rows > 0) {
                return Err(StoreError::NotEmpty { table: table.clone(), rows: *rows });
            }
            if found.iter().any(|(name, _)| ours.iter().all(|table| table.name() != name)) {
                return Err(StoreError::Foreign);
            }
        }
        let there = |table: &&Table| found.iter().any(|(name, _)| name == table.name());
        let mut statements = vec![format!("CREATE TABLE IF NOT EXISTS {UNFINISHED} (n INTEGER)")];
        statements.extend(
            ours.iter().rev().filter(there).map(|table| format!("DROP TABLE {}", table.name())),
        );
        statements.push("DROP TABLE IF EXISTS _sqlx_migrations".to_owned());
        transaction!(self, |db| {
            for sql in &statements {
                db.run(own_sql(sql.clone()), Vec::new()).await?;
            }
            Ok(())
        })?;
        self.migrate_to(schema).await?;
        Ok(Load { store: self.clone(), tables: tables_at(schema)? })
    }
}

impl Load {
    /// The tables to fill, in the order in which they must be.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        self.tables.clone()
    }

    /// Adds rows to a table, in one transaction.
    ///
    /// # Errors
    /// When the database refuses a row, is full or fails; the mark stays.
    pub async fn add(&self, table: &Table, page: Page) -> Result<()> {
        let width = table.columns.len();
        let most = (BULK_VALUES_MAX / width).max(1);
        let head = format!("INSERT INTO {} ({}) VALUES", table.name(), table.columns().join(", "));
        transaction!(self.store, |db| {
            for rows in page.rows.chunks(most) {
                let sql = format!("{head}{}", placeholders(rows.len(), width));
                db.run(own_sql(sql), rows.iter().flatten().cloned().collect()).await?;
            }
            Ok(())
        })
    }

    /// Reads everything again, compares it with what it should be, brings the schema to this
    /// binary's version and takes the mark away.
    ///
    /// # Errors
    /// [`StoreError::Differs`]; when a migration or the database fails; the mark stays.
    pub async fn finish(self, expected: &[(String, Seal)]) -> Result<()> {
        let mut written = self.store.whole_unfinished().await?;
        for table in &self.tables {
            let found = written.seal(table).await?;
            let expected = expected.iter().find(|(name, _)| name == table.name());
            if expected.is_none_or(|(_, seal)| *seal != found) {
                return Err(StoreError::Differs {
                    table: table.name().to_owned(),
                    found: found.to_string(),
                    expected: expected.map_or("nothing".to_owned(), |(_, seal)| seal.to_string()),
                });
            }
        }
        drop(written);
        let known = self.store.read().await?.schema_status().await?.known;
        self.store.migrate_to(known).await?;
        let sql = format!("DROP TABLE {UNFINISHED}");
        transaction!(self.store, |db| db.run(own_sql(sql.clone()), Vec::new()).await)?;
        Ok(())
    }
}

/// Copies every table of one database into another, empty one; the version of the schema that was
/// read, and what each table holds.
///
/// # Errors
/// As [`Store::whole`], [`Store::load`], [`Load::add`] and [`Load::finish`].
pub async fn copy(from: &Store, to: &Store) -> Result<(i64, Vec<(String, Seal)>)> {
    let mut whole = from.whole().await?;
    let load = to.load(whole.schema()).await?;
    let mut seals = Vec::new();
    for table in load.tables() {
        let mut pages = whole.read(&table);
        while let Some(page) = pages.next().await? {
            load.add(&table, page).await?;
        }
        seals.push((table.name().to_owned(), pages.seal()));
    }
    load.finish(&seals).await?;
    Ok((whole.schema(), seals))
}

/// PostgreSQL sorts text by a language's rules unless it is told otherwise; ids have one order.
fn select(table: &Table, backend: Backend) -> String {
    let holds = |name: &str| table.columns.iter().find(|c| c.name == name).map(|c| c.holds);
    let by: Vec<String> = table
        .key
        .iter()
        .map(|name| match (backend, holds(name)) {
            (Backend::Postgres, Some(Holds::Text)) => format!("{name} COLLATE \"C\""),
            _ => name.clone(),
        })
        .collect();
    let columns = table.columns().join(", ");
    format!("SELECT {columns} FROM {} ORDER BY {}", table.name(), by.join(", "))
}

fn canonical(table: &Table, row: &Row) -> Result<Vec<Scalar>> {
    let key = || -> String {
        let part = |name: &String| row.scalar(name).map_or("?".to_owned(), |s| s.to_string());
        table.key.iter().map(part).collect::<Vec<_>>().join(" ")
    };
    table
        .columns
        .iter()
        .map(|column| {
            let found = row.scalar(&column.name)?;
            let shown = || found.to_string().chars().take(60).collect();
            column.holds.canonical(found.clone()).ok_or_else(|| StoreError::Corrupt {
                column: format!("{}.{} of row {}", table.name(), column.name, key()),
                found: shown(),
                expected: column.holds.name(),
            })
        })
        .collect()
}

/// The one text of a row.
fn text(row: &[Scalar]) -> String {
    let mut line = String::from("[");
    for (number, value) in row.iter().enumerate() {
        if number > 0 {
            line.push(',');
        }
        // Writing to a String cannot fail.
        let _ = match value {
            Scalar::Null(_) => line.write_str("null"),
            Scalar::Int(n) => write!(line, "{n}"),
            Scalar::Bool(b) => write!(line, "{b}"),
            other => write!(line, "{}", serde_json::Value::String(other.to_string())),
        };
    }
    line.push(']');
    line
}

fn parse(table: &Table, line: &str) -> Result<Vec<Scalar>, String> {
    let values: Vec<serde_json::Value> =
        serde_json::from_str(line).map_err(|e| format!("it is no JSON array ({e})"))?;
    if values.len() != table.columns.len() {
        return Err(format!("it has {} values, not {}", values.len(), table.columns.len()));
    }
    let mut row = Vec::with_capacity(values.len());
    for (column, value) in table.columns.iter().zip(values) {
        let scalar = match value {
            serde_json::Value::Null => Some(Scalar::Null(column.holds.kind())),
            serde_json::Value::Bool(b) => Some(Scalar::Bool(b)),
            serde_json::Value::Number(n) => n.as_i64().map(Scalar::Int),
            serde_json::Value::String(text) => match column.holds {
                Holds::Bytes => bytes(&text).map(Scalar::Bytes),
                Holds::Decimal(_) => decimal(&text),
                _ => Some(Scalar::Text(text)),
            },
            _ => None,
        };
        let value = scalar.and_then(|scalar| column.holds.canonical(scalar));
        let wrong = || format!("its {} is no {}", column.name, column.holds.name());
        row.push(value.ok_or_else(wrong)?);
    }
    Ok(row)
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |c: &u8| char::from(*c).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    hex.as_bytes().chunks(2).map(pair).collect()
}

fn decimal(text: &str) -> Option<Scalar> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let scale = u32::try_from(part.len()).ok().filter(|scale| *scale <= 9)?;
    let units: i64 = format!("{whole}{part}").parse().ok()?;
    Some(Scalar::Decimal(units.into(), scale))
}
