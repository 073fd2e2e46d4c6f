//! Files of the watched folder: as they were when it was last looked at, and what became of them.
//! What was taken once is known by its digest for good, under whatever name it comes back.

use crate::database::{Record, Store, args, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::value::Text;
use jiff::Timestamp;
use uuid::Uuid;

/// Most files of one folder.
pub const WATCHED_MAX: usize = 50_000;

statements! {
    ALL = "SELECT path, size, modified_at, seen_at, digest, taken_at FROM watched_files \
        WHERE user_id = $1 ORDER BY path LIMIT $2";
    [bulk] SAVE(
        "INSERT INTO watched_files (user_id, path, size, modified_at, seen_at, digest, taken_at) \
         VALUES", 7,
        "ON CONFLICT (user_id, path) DO UPDATE SET size = excluded.size, \
         modified_at = excluded.modified_at, seen_at = excluded.seen_at, \
         digest = excluded.digest, taken_at = excluded.taken_at"
    );
}

record! {
    /// A file of the watched folder.
    pub struct WatchedFile {
        /// Its place in the folder.
        pub path: Text<1000>,
        /// Bytes.
        pub size: i64,
        /// When it was last written.
        pub modified_at: Timestamp,
        /// Since when it has been seen like that.
        pub seen_at: Timestamp,
        /// SHA-256 of its bytes, once it was read.
        pub digest: Option<String>,
        /// When it was dealt with.
        pub taken_at: Option<Timestamp>,
    }
}

impl Store {
    /// What is known of the runner's watched folder, at most [`WATCHED_MAX`] files, by path.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watched_files(&self, user: Uuid) -> Result<Vec<WatchedFile>> {
        let most = i64::try_from(WATCHED_MAX).unwrap_or(i64::MAX);
        self.read().await?.all(ALL, args![user, most]).await
    }

    /// Notes how files of the watched folder are now.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] above [`WATCHED_MAX`]; when the database fails.
    pub async fn save_watched(&self, user: Uuid, files: &[WatchedFile]) -> Result<()> {
        if files.len() > WATCHED_MAX {
            let (what, found, limit) = ("files to watch", files.len(), WATCHED_MAX);
            return Err(StoreError::TooMany { what, found, limit });
        }
        transaction!(self, |db| {
            let row = |file: &WatchedFile| {
                let mut row = args![user];
                row.extend(file.args());
                row
            };
            db.bulk(&SAVE, files.iter().map(row).collect()).await
        })?;
        Ok(())
    }
}
