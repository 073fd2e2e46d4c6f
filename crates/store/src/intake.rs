//! Taking in a chunk of activities: which are known, which tell of the same run as one from
//! elsewhere, and what is written, in one transaction.

use crate::clocks;
use crate::database::{Db, Store, args, new_id, statements, transaction};
use crate::error::Result;
use crate::imports::{
    CHUNK_MAX, ImportItem, Imported, LedgerRow, OriginalFile, Source, Taken, at_most, hex_digest,
    write_ledger,
};
use crate::merge::{SAME_START_S, Said, same_run};
use crate::readings::{self, Figures, Reading};
use crate::sources::{self, Group, INSERT_SOURCES, KNOWN, OWNED, Stored, content_digest};
use crate::users;
use crate::value::{LocalTime, Scalar};
use hermes_engine::calendar::Day;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Known activities are looked for in spans that end where so long nothing was recorded: a chunk
/// in the order of time is one span, and a stray one does not load years.
const SPAN_GAP: SignedDuration = SignedDuration::from_hours(24 * 28);

statements! {
    [bulk] INSERT_FILES(
        "INSERT INTO original_files (id, user_id, digest, name, size, bytes, created_at) VALUES",
        7, "ON CONFLICT (user_id, digest) DO NOTHING"
    );
}

/// A row of an activity, whoever's it is.
struct Owned {
    id: Uuid,
    user: Uuid,
    digest: Option<String>,
    day: Day,
}

/// What a chunk is held against, and what becomes of it.
struct Intake<'a> {
    user: Uuid,
    batch: Uuid,
    source: Source,
    now: Timestamp,
    owned: HashMap<i64, Owned>,
    groups: Vec<Group>,
    /// Places in `groups`, by the sources' own ids.
    by_own_id: HashMap<i64, usize>,
    /// Own ids of other accounts.
    foreign: HashSet<i64>,
    /// Places of groups that were changed.
    touched: Vec<usize>,
    sources: Vec<Vec<Scalar>>,
    /// By digest: each once.
    files: BTreeMap<String, &'a OriginalFile>,
    readings: Vec<(Uuid, &'a Reading)>,
    replaced: Vec<Uuid>,
}

impl<'a> Intake<'a> {
    fn put(&mut self, group: Group) -> usize {
        let at = self.groups.len();
        for source in &group.sources {
            self.by_own_id.insert(source.own_id(), at);
        }
        self.groups.push(group);
        at
    }

    /// Loads what is known of the items' ids, and around the starts of those that are new.
    async fn load(&mut self, db: &mut Db, items: &[ImportItem]) -> Result<()> {
        let ids = || items.iter().map(|i| args![i.activity.strava_activity_id]).collect();
        for row in &db.bulk_rows(&OWNED, ids()).await? {
            let owned = Owned {
                id: row.get("id")?,
                user: row.get("user_id")?,
                digest: row.get("content_digest")?,
                day: row.get::<LocalTime>("start_date_local")?.day(),
            };
            self.owned.insert(row.get("strava_activity_id")?, owned);
        }
        let rows = db.bulk_rows(&KNOWN, ids()).await?;
        for group in Group::of(&rows)? {
            if group.sources.iter().all(|s| s.user == self.user) {
                self.put(group);
            } else {
                self.foreign.extend(group.sources.iter().map(Stored::own_id));
            }
        }
        let new = items.iter().map(|i| &i.activity);
        let new = new.filter(|a| !self.by_own_id.contains_key(&a.strava_activity_id));
        let mut starts: Vec<Timestamp> = new.map(|a| a.start_date).collect();
        starts.sort_unstable();
        let mut seen: HashSet<Uuid> = self.groups.iter().map(|g| g.id).collect();
        for span in starts.chunk_by(|a, b| b.duration_since(*a) <= SPAN_GAP) {
            let (Some(first), Some(last)) = (span.first(), span.last()) else { continue };
            let around = SignedDuration::from_secs(SAME_START_S);
            let low = first.checked_sub(around).unwrap_or(*first);
            let high = last.checked_add(around).unwrap_or(*last);
            for group in sources::near(db, self.user, low, high).await? {
                if seen.insert(group.id) {
                    self.put(group);
                }
            }
        }
        Ok(())
    }

    /// The activity that tells of the same run, best first.
    fn same(&self, said: &Said, file: Option<&str>) -> Option<usize> {
        let fits = |group: &Group| {
            // Parts of one file are different runs, and so are two that Strava tells apart.
            let of_file = |s: &Stored| {
                let files = s.said.source == Source::File && said.source == Source::File;
                files && file.is_some() && s.file_digest.as_deref() == file
            };
            let two = said.activity.strava_activity_id > 0
                && group.sources.iter().any(|s| s.own_id() > 0);
            if two || group.sources.iter().any(of_file) {
                return None;
            }
            let word = group.by_hand.as_ref();
            group.sources.iter().filter_map(|s| same_run(&s.said, said, word)).min()
        };
        let all = self.groups.iter().enumerate();
        let near = all.filter_map(|(at, group)| Some((fits(group)?, group.id, at)));
        near.min().map(|(_, _, at)| at)
    }

    /// The group of a new source, and whether it is one that was there.
    fn group_for(&mut self, said: &Said, file: Option<&str>) -> (usize, Imported) {
        let id = said.activity.strava_activity_id;
        if let Some(row) = self.owned.get(&id) {
            // A row that never had a source: it was made up.
            let (digest, was) = (row.digest.clone(), Some(row.day));
            let group = Group { number: Some(id), digest, was, ..Group::new(row.id, true) };
            return (self.put(group), Imported::Updated);
        }
        if let Some(at) = self.same(said, file) {
            let says = |g: &Group| g.number.or_else(|| g.says().map(|s| s.0.strava_activity_id));
            let other = self.groups.get(at).and_then(says);
            return (at, Imported::Merged(other.unwrap_or(id)));
        }
        (self.put(Group::new(new_id(self.now), true)), Imported::New)
    }

    /// Decides about one item.
    fn take(&mut self, item: &'a ImportItem, seen: &mut HashSet<i64>) -> Taken {
        let id = item.activity.strava_activity_id;
        let refused = |imported| Taken { imported, id: None, was: None };
        let foreign = self.owned.get(&id).is_some_and(|row| row.user != self.user);
        if foreign || self.foreign.contains(&id) {
            return refused(Imported::ForeignId);
        }
        if !seen.insert(id) {
            return refused(Imported::Duplicate);
        }
        let file = item.file.as_ref().map(|f| hex_digest(&f.bytes));
        if let (Some(digest), Some(original)) = (&file, &item.file) {
            self.files.insert(digest.clone(), original);
        }
        let figures = item.reading.as_ref().map_or_else(Figures::default, |r| r.figures.clone());
        let said = Said { source: self.source, activity: item.activity.clone(), figures };
        let reading = item.reading.as_ref().map(Reading::digest);
        let (at, imported) = match self.by_own_id.get(&id) {
            Some(at) => (*at, Imported::Unchanged),
            None => self.group_for(&said, file.as_deref()),
        };
        let (user, batch, now) = (self.user, self.batch, self.now);
        let Some(group) = self.groups.get_mut(at) else { return refused(Imported::Duplicate) };
        let was = group.was;
        let known =
            group.sources.iter_mut().find(|s| s.own_id() == id && s.said.source == said.source);
        let mut news = true;
        let source = match known {
            Some(known) => {
                news = known.hear(said, file, reading.clone());
                if news && reading.is_some() {
                    self.replaced.push(known.id);
                }
                known.clone()
            }
            None => {
                let source = Stored {
                    id: new_id(now),
                    user,
                    activity: group.id,
                    batch: Some(batch),
                    created_at: now,
                    file_digest: file,
                    reading_digest: reading,
                    said,
                };
                group.sources.push(source.clone());
                source
            }
        };
        let changed = group.changed(user, now).is_some();
        let activity = Some(group.id);
        self.by_own_id.insert(id, at);
        if news {
            self.sources.push(source.args());
            self.readings.extend(item.reading.as_ref().map(|r| (source.id, r)));
        }
        if changed {
            self.touched.push(at);
        }
        let unchanged = imported == Imported::Unchanged || imported == Imported::Updated;
        let imported = match imported {
            _ if unchanged && (changed || (news && item.reading.is_some())) => Imported::Updated,
            Imported::Updated => Imported::Unchanged,
            other => other,
        };
        Taken { imported, id: activity, was }
    }

    async fn write(mut self, db: &mut Db) -> Result<()> {
        let (user, now) = (self.user, self.now);
        let files = self.files.iter().map(|(digest, file)| {
            let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
            args![new_id(now), user, *digest, file.name, size, *file.bytes, now]
        });
        db.bulk(&INSERT_FILES, files.collect()).await?;
        self.touched.sort_unstable();
        self.touched.dedup();
        let touched = self.touched.iter().filter_map(|at| self.groups.get(*at));
        sources::write_activities(db, user, &touched.collect::<Vec<_>>(), now).await?;
        db.bulk(&INSERT_SOURCES, self.sources).await?;
        readings::write(db, user, &self.readings, &self.replaced).await
    }
}

impl Stored {
    /// Takes what the source says now; is any of it new? What only its file said stays where it
    /// comes without.
    fn hear(&mut self, mut said: Said, file: Option<String>, reading: Option<String>) -> bool {
        if reading.is_none() && self.reading_digest.is_some() {
            let known = &self.said.activity;
            said.activity = said.activity.filled_from(known);
            if said.activity.start_date == known.start_date {
                said.activity = said.activity.on_clock(known.start_date_local);
            }
        }
        if reading.is_none() || reading == self.reading_digest {
            // They may have been worked out anew since, for what the runner says it was.
            said.figures = self.said.figures.clone();
        }
        let reading = reading.or_else(|| self.reading_digest.clone());
        let file = file.or_else(|| self.file_digest.clone());
        let digest = |s: &Said| content_digest(&s.activity, &s.figures);
        let news = reading != self.reading_digest
            || file != self.file_digest
            || digest(&said) != digest(&self.said);
        (self.said, self.reading_digest, self.file_digest) = (said, reading, file);
        news
    }
}

impl Store {
    /// Takes a chunk of at most [`CHUNK_MAX`] activities with their files, points, sources and
    /// ledger rows, in one transaction: all of it or nothing. Doing it twice changes nothing: a
    /// row whose content is the same is not touched. One that tells of the same run as an
    /// activity from elsewhere becomes a source of that ([`Imported::Merged`]). The answers are
    /// in the order of the items.
    ///
    /// # Errors
    /// [`crate::StoreError::TooMany`] above the limit; [`crate::StoreError::Refused`] without
    /// such a user or batch; when the database fails.
    pub async fn import_activities(
        &self,
        user: Uuid,
        batch: Uuid,
        source: Source,
        items: &[ImportItem],
        now: Timestamp,
    ) -> Result<Vec<Taken>> {
        at_most("activities of an import", items.len(), CHUNK_MAX)?;
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            // Another import of the same runner waits here, and then finds what this one added.
            users::lock(db, user).await?;
            let mut intake = Intake {
                user,
                batch,
                source,
                now,
                owned: HashMap::new(),
                groups: Vec::new(),
                by_own_id: HashMap::new(),
                foreign: HashSet::new(),
                touched: Vec::new(),
                sources: Vec::new(),
                files: BTreeMap::new(),
                readings: Vec::new(),
                replaced: Vec::new(),
            };
            intake.load(db, items).await?;
            let mut seen = HashSet::new();
            let taken: Vec<Taken> = items.iter().map(|item| intake.take(item, &mut seen)).collect();
            intake.write(db).await?;
            let rows = items.iter().zip(&taken).map(|(item, taken)| LedgerRow {
                row_number: item.row_number,
                item: item.item.clone(),
                outcome: taken.imported.outcome(),
                reason: taken.imported.reason().or_else(|| item.note.clone()),
                activity_id: taken.id,
            });
            write_ledger(db, user, batch, &rows.collect::<Vec<_>>(), now).await?;
            Ok(taken)
        })
    }
}
