//! Files in, values out: what runners export elsewhere and bring here. No database, no clock, no
//! network.
//!
//! [`archive`] reads the bulk export of Strava: a zip, its folder, or its `activities.csv` alone.
//! [`activity`] reads the files of single activities: FIT, GPX and TCX.
//! [`sample`] writes such an export for a runner who does not exist, for tests and first looks;
//! [`sample_files`] the files in it, as watches write them.
//! [`backup`] is the file that a whole database is kept in.
//!
//! ```
//! use hermes_formats::archive::{Archive, Entry, Limits};
//! use hermes_formats::sample::Sample;
//! use hermes_engine::calendar::Day;
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("export_1.zip");
//! let monday = Day::parse("2026-01-05")?;
//! std::fs::write(&path, Sample::steady(7, monday, 2).zip()?)?;
//!
//! let archive = Archive::open(&path, &Limits::default())?;
//! let mut runs = 0;
//! for entry in archive.rows()? {
//!     match entry? {
//!         Entry::Activity(_) => runs += 1,
//!         Entry::Problem(problem) => eprintln!("{problem}"),
//!     }
//! }
//! assert_eq!(runs, 10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod activity;
pub mod archive;
pub mod backup;
pub mod sample;
pub mod sample_files;
