//! What whoever runs a Hermes does with the whole database: check, back up, restore, copy.

use crate::App;
use crate::accounts::Runner;
use crate::clock::Clock;
use crate::error::{AppError, Result};
use crate::secrets::{beside, private, random_name, sync_folder};
use hermes_engine::calendar::Day;
use hermes_formats::backup::{Backup, BackupError, FORMAT, Manifest, TableEntry, Writer};
use hermes_store::check::TableCheck;
use hermes_store::copy::{PAGE_BYTES, PAGE_ROWS, Page, Seal};
use hermes_store::{Options, SchemaStatus, Store, StoreError, Table};
use std::io::{BufWriter, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// Runners whose rows are read between two questions for more of them.
const RUNNERS_AT_ONCE: u32 = 500;
/// Most unreadable runners that are named.
const UNREADABLE_MAX: usize = 20;
/// The years that the check reads plans of: all that a plan can be of.
const ALL_DAYS: (i64, i64) = (-36_500, 73_000);

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDigest {
    /// The table.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// SHA-256 of its rows' texts by primary key: equal rows give equal digests, whichever
    /// database they are in.
    pub sha256: String,
}

impl TableDigest {
    fn of((name, seal): (String, Seal)) -> Self {
        Self { name, rows: seal.rows, sha256: seal.sha256 }
    }
}

/// What a check of the database found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Its schema and the one that this program knows.
    pub schema: SchemaStatus,
    /// What it holds, where that can be read.
    pub tables: Vec<TableDigest>,
    /// What is wrong, each in a sentence.
    pub faults: Vec<String>,
}

impl Checked {
    /// Nothing is wrong.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

/// A backup that was made.
#[derive(Debug, Clone)]
pub struct BackedUp {
    /// Where it is.
    pub file: PathBuf,
    /// Version of the schema in it.
    pub schema: i64,
    /// What it holds.
    pub tables: Vec<TableDigest>,
}

/// A database that was filled by a restore or a copy.
#[derive(Debug, Clone)]
pub struct Moved {
    /// `SQLite` or `PostgreSQL`: where everything is now.
    pub backend: &'static str,
    /// Version of the schema that was read.
    pub schema: i64,
    /// What was read and, after it was written, read again.
    pub tables: Vec<TableDigest>,
}

impl App {
    /// Checks the whole database: that it is sound in itself, that every row of every table can be
    /// read, and that every runner's facts and plans can.
    ///
    /// # Errors
    /// When it does not answer, holds no tables of Hermes, comes from a newer Hermes, or holds a
    /// restore that was cut off.
    pub async fn check(&self) -> Result<Checked> {
        let schema = self.schema().await?;
        if schema.applied == 0 || schema.applied > schema.known {
            schema.check()?;
        }
        let mut faults = self.store.faults().await?;
        let mut tables = Vec::new();
        for TableCheck { name, found } in self.store.check_tables().await? {
            match found {
                Ok(seal) => tables.push(TableDigest::of((name, seal))),
                Err(fault) => faults.push(format!("table {name}: {fault}")),
            }
        }
        // An older schema lacks columns that are read here.
        if faults.is_empty() && schema.check().is_ok() {
            faults.append(&mut self.bare_secrets().await?);
            faults.append(&mut self.unreadable_runners().await?);
        }
        Ok(Checked { schema, tables, faults })
    }

    async fn unreadable_runners(&self) -> Result<Vec<String>> {
        let mut unreadable = Vec::new();
        let mut after = Uuid::nil();
        loop {
            let users = self.store.users_after(after, RUNNERS_AT_ONCE).await?;
            let Some(last) = users.last() else { return Ok(unreadable) };
            after = *last;
            for user in users {
                let Some(user) = self.store.user(user).await? else { continue };
                let runner = Runner::of(user);
                if let Err(error) = self.read_all(&runner).await {
                    unreadable.push(format!("runner {}: {error}", runner.id));
                }
                if unreadable.len() == UNREADABLE_MAX {
                    return Ok(unreadable);
                }
            }
        }
    }

    async fn read_all(&self, runner: &Runner) -> Result<()> {
        let now = self.clock.now();
        let (from, to) = (Day::from_epoch(ALL_DAYS.0), Day::from_epoch(ALL_DAYS.1));
        let earlier = self.in_force(runner, (from, to), now).await?;
        self.facts(runner, self.today(runner) + 1, now, &earlier).await.map(drop)
    }

    /// Writes a backup of the whole database in the state of this moment; others write on
    /// meanwhile. The file appears when it is complete, and is readable for its owner only.
    ///
    /// # Errors
    /// Where the file is there already (unless `force`) or is the database itself; when the
    /// database or the disk fails.
    pub async fn backup(&self, out: &Path, force: bool) -> Result<BackedUp> {
        if self.store.file().is_some_and(|own| is_database(&own, out)) {
            return Err(AppError::BadInput(format!(
                "{} is the database itself; name another file for the backup",
                out.display()
            )));
        }
        let taken = || {
            let text = "is there already; name another file, or give --force to replace it";
            AppError::BadInput(format!("{} {text}", out.display()))
        };
        if !force && out.exists() {
            return Err(taken());
        }
        let draft = beside(out, &format!("{}.part", random_name()?));
        let done = self.write_backup(&draft).await.and_then(|made| {
            if !force && out.exists() {
                return Err(taken());
            }
            std::fs::rename(&draft, out).and_then(|()| sync_folder(out)).map_err(failed(out))?;
            Ok(BackedUp { file: out.to_owned(), ..made })
        });
        if done.is_err() {
            // Nothing half-written is left; where even that fails, its name says what it is.
            let _ = std::fs::remove_file(&draft);
        }
        done
    }

    async fn write_backup(&self, file: &Path) -> Result<BackedUp> {
        let mut whole = self.store.whole().await?;
        let out = private(file).map_err(failed(file))?;
        let mut writer = Writer::new(BufWriter::new(out));
        let mut entries = Vec::new();
        for table in whole.tables() {
            writer.table(table.name()).map_err(failed(file))?;
            let mut pages = whole.read(&table);
            while let Some(page) = pages.next().await? {
                writer.rows(page.lines()).map_err(failed(file))?;
            }
            let Seal { rows, sha256 } = pages.seal();
            let columns = table.columns().into_iter().map(str::to_owned).collect();
            entries.push(TableEntry { name: table.name().to_owned(), columns, rows, sha256 });
        }
        let manifest = Manifest {
            format: FORMAT,
            schema: whole.schema(),
            hermes: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: self.clock.now().to_string(),
            tables: entries,
        };
        let out = writer.finish(&manifest).map_err(failed(file))?;
        let out = out.into_inner().map_err(|e| failed(file)(e.into_error()))?;
        out.sync_all().map_err(failed(file))?;
        let (schema, tables) = (manifest.schema, digests(&manifest.tables));
        Ok(BackedUp { file: file.to_owned(), schema, tables })
    }
}

/// Restores a backup into the database at `url`, which must be new or empty, or hold a restore
/// that was cut off; then brings it to this version. The backup is read twice: nothing is written
/// before all of it was found to be what its manifest says.
///
/// # Errors
/// [`AppError::Backup`] for what is no backup or damaged; a target that is not empty; when a
/// database fails. What is half-written is marked, and refused until it is done again.
pub async fn restore(file: &Path, url: &str, clock: Arc<dyn Clock>) -> Result<Moved> {
    let mut backup = Backup::open(file)?;
    let manifest = backup.manifest().clone();
    let known = Store::known_schema();
    if manifest.schema > known {
        return Err(StoreError::Newer { found: manifest.schema, known }.into());
    }
    if !fits(&manifest)? {
        let (path, table) = (file.to_owned(), "list".to_owned());
        let what = "is not that of its schema".to_owned();
        return Err(BackupError::Damaged { path, table, what }.into());
    }
    backup.verify()?;
    let app = App::target(url, clock).await?;
    let done = app.fill(&mut backup, &manifest).await;
    app.close().await;
    done?;
    let (schema, tables) = (manifest.schema, digests(&manifest.tables));
    Ok(Moved { backend: app.backend(), schema, tables })
}

/// Are its tables and columns those of its schema?
fn fits(manifest: &Manifest) -> Result<bool> {
    let tables = Table::all_at(manifest.schema)?;
    let same = |(table, entry): (&Table, &TableEntry)| {
        table.name() == entry.name && table.columns() == entry.columns
    };
    let equal = tables.len() == manifest.tables.len();
    Ok(equal && tables.iter().zip(&manifest.tables).all(same))
}

impl App {
    /// The database to fill; a SQLite file is made.
    async fn target(url: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::with(url, clock, Options::for_the_whole()).await
    }

    async fn fill(&self, backup: &mut Backup, manifest: &Manifest) -> Result<()> {
        let load = self.store.load(manifest.schema).await?;
        for table in load.tables() {
            let mut lines = backup.table(table.name())?;
            let (mut first, mut ended) = (1, false);
            while !ended {
                let (mut page, mut bytes) = (Vec::new(), 0);
                while page.len() < PAGE_ROWS && bytes < PAGE_BYTES {
                    let Some(line) = lines.next_line()? else {
                        ended = true;
                        break;
                    };
                    bytes += line.len();
                    page.push(line);
                }
                let next = first + page.len() as u64;
                load.add(&table, Page::parse(&table, first, page)?).await?;
                first = next;
            }
        }
        let seal =
            |e: &TableEntry| (e.name.clone(), Seal { rows: e.rows, sha256: e.sha256.clone() });
        Ok(load.finish(&manifest.tables.iter().map(seal).collect::<Vec<_>>()).await?)
    }
}

/// Copies everything from one database into another, which must be new or empty, or hold a copy
/// that was cut off; then brings it to this version. The source is read in the state of one moment
/// and not changed.
///
/// # Errors
/// When the two are the same; a target that is not empty; when a database fails. What is
/// half-written is marked, and refused until it is done again.
pub async fn copy(from: &str, to: &str, clock: Arc<dyn Clock>) -> Result<Moved> {
    let source = App::connect(from, clock.clone()).await?;
    let own = source.store.file();
    let target = match to.strip_prefix("sqlite:") {
        Some(path)
            if own.is_some_and(|own| {
                is_database(&own, Path::new(path.strip_prefix("//").unwrap_or(path)))
            }) =>
        {
            let same = "--from and --to name the same database; name another target";
            Err(AppError::BadInput(same.to_owned()))
        }
        _ => {
            // A source that cannot be read must not leave an empty target behind.
            match source.store.whole().await {
                Ok(_) => App::target(to, clock).await,
                Err(error) => Err(error.into()),
            }
        }
    };
    let moved = match &target {
        Ok(target) => hermes_store::copy::copy(&source.store, &target.store).await,
        Err(_) => Ok((0, Vec::new())),
    };
    source.close().await;
    let target = target?;
    target.close().await;
    let (schema, tables) = moved?;
    let tables = tables.into_iter().map(TableDigest::of).collect();
    Ok(Moved { backend: target.backend(), schema, tables })
}

fn digests(entries: &[TableEntry]) -> Vec<TableDigest> {
    let digest = |e: &TableEntry| TableDigest {
        name: e.name.clone(),
        rows: e.rows,
        sha256: e.sha256.clone(),
    };
    entries.iter().map(digest).collect()
}

/// Is `file` the database `own`, or one of the files that SQLite keeps beside it?
fn is_database(own: &Path, file: &Path) -> bool {
    let same = |own: &Path| match (own.canonicalize(), file.canonicalize()) {
        (Ok(own), Ok(file)) => own == file,
        _ => own == file,
    };
    let add = |end: &str| {
        let mut name = own.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    ["", "-wal", "-shm", "-journal"].into_iter().any(|end| same(&add(end)))
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> AppError {
    let path = path.to_owned();
    move |source| {
        // The file is fine; it is its folder that is not there.
        let source = match source.kind() {
            ErrorKind::NotFound => std::io::Error::other("its folder is not there"),
            _ => source,
        };
        BackupError::Io { path: path.clone(), source }.into()
    }
}
