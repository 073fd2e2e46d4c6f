//! What opens as an export, what is refused and with which words, and that rows and files come
//! out as they went in. All archives here are made by the tests themselves.

#![expect(clippy::expect_used, reason = "a test may fail")]

use hermes_engine::calendar::Day;
use hermes_engine::record::Sport;
use hermes_engine::units::Seconds;
use hermes_formats::archive::{
    ActivityRow, Archive, ArchiveError, Column, Entry, FileError, Finding, Language, Limits,
    ProblemKind, RowProblem,
};
use hermes_formats::sample::{Kind, Layout, Sample};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const HEADING: &str = "Activity ID,Activity Date,Activity Name,Activity Type,\
    Activity Description,Elapsed Time,Distance,Max Heart Rate,Relative Effort,Commute,\
    Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,\
    Moving Time,Distance";

fn sample() -> Sample {
    Sample::steady(7, Day::parse("2025-01-06").expect("a date"), 12)
}

fn write(bytes: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("some-name.bin");
    fs::write(&path, bytes).expect("written");
    (folder, path)
}

fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("started");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

fn open(bytes: impl AsRef<[u8]>) -> Result<(TempDir, Archive), ArchiveError> {
    let (folder, path) = write(bytes);
    Archive::open(&path, &Limits::default()).map(|archive| (folder, archive))
}

/// The archive's rows, sorted into activities and problems.
fn rows(archive: &Archive) -> (Vec<ActivityRow>, Vec<RowProblem>) {
    let (mut activities, mut problems) = (Vec::new(), Vec::new());
    for entry in archive.rows().expect("rows") {
        match entry.expect("readable") {
            Entry::Activity(a) => activities.push(a),
            Entry::Problem(p) => problems.push(p),
        }
    }
    (activities, problems)
}

fn read(bytes: impl AsRef<[u8]>) -> (Vec<ActivityRow>, Vec<RowProblem>) {
    let (_folder, archive) = open(bytes).expect("opened");
    rows(&archive)
}

fn refused(bytes: impl AsRef<[u8]>) -> ArchiveError {
    open(bytes).expect_err("refused")
}

/// A CSV of [`HEADING`] with these rows.
fn table(rows: &[&str]) -> String {
    format!("{HEADING}\n{}\n", rows.join("\n"))
}

fn row(id: i64) -> String {
    format!(
        "{id},\"May 29, 2022, 3:53:35 PM\",Run {id},Run,,1428,3.32,,,false,,,\
         activities/{id}.fit.gz,,,1428.0,1400.0,3322.95"
    )
}

#[test]
fn every_layout_gives_the_same_runs() {
    let expected = sample().runs();
    assert!(expected.iter().any(|run| run.upload_id.is_none()), "some are entered by hand");
    let mut layouts = vec![Layout::of_2019()];
    for language in [Language::English, Language::German, Language::Other] {
        for columns in [19, 25, 33, 87, 92, 94, 99, 101] {
            for odd in [false, true] {
                layouts.push(Layout { language, columns, html: odd, narrow_space: odd });
            }
        }
    }
    for layout in layouts {
        let (activities, problems) = read(sample().with_layout(layout).zip().expect("a zip"));
        assert_eq!(problems, [], "{layout:?}");
        assert_eq!(activities.len(), expected.len(), "{layout:?}");
        for (a, e) in activities.iter().zip(&expected) {
            assert_eq!((a.id, a.start, a.sport), (e.id, e.start, Sport::Run), "{layout:?}");
            // The layout of 2019 has one decimal.
            let near = if layout.columns == 10 { 5 } else { 0 };
            let off = (a.distance_cm.expect("a distance") - e.distance_cm).abs();
            assert!(off <= near, "{layout:?}: {a:?}");
            assert_eq!(a.elapsed, Some(e.elapsed), "{layout:?}");
            assert_eq!(a.moving, (layout.columns > 10).then_some(e.moving), "{layout:?}");
            assert_eq!(a.filename, e.filename(), "{layout:?}");
            assert_eq!((a.upload_id, a.manual), (e.upload_id, e.upload_id.is_none()));
            assert_eq!(a.findings, [], "{layout:?}");
            let tagged = layout.columns > 96 && layout.language != Language::Other;
            assert_eq!(a.race, tagged && e.kind == Kind::Race, "{layout:?}");
            if layout.columns > 10 {
                assert_eq!(a.max_heart_rate, Some(e.max_heart_rate), "{layout:?}");
            }
            if layout.columns >= 33 {
                let rates = (a.average_heart_rate, a.max_heart_rate);
                assert_eq!(rates, (Some(e.heart_rate), Some(e.max_heart_rate)), "{layout:?}");
                assert_eq!(a.ascent_cm, Some(e.ascent_cm), "{layout:?}");
                let speed = e.distance_cm * 10 / e.moving.0;
                assert!((a.average_speed_mm_s.expect("a speed") - speed).abs() <= 1);
            }
        }
    }
}

#[test]
fn zip_folder_and_csv_are_the_same_export() {
    let folder = tempfile::tempdir().expect("a folder");
    let zip = sample().zip().expect("a zip");
    let inside = folder.path().join("export_1");
    zip::ZipArchive::new(Cursor::new(&zip)).expect("a zip").extract(&inside).expect("unpacked");
    let mut again: Vec<(String, Vec<u8>)> = vec![("__MACOSX/activities.csv".into(), vec![1, 2])];
    for run in sample().runs() {
        if let Some(name) = run.filename() {
            again.push((format!("export_1/{name}"), fs::read(inside.join(name)).expect("read")));
        }
    }
    again.push(("export_1/activities.csv".into(), sample().csv().into()));
    again.push(("export_1/media/1.jpg".into(), vec![0; 99]));
    let again: Vec<_> = again.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();

    let (_f1, zipped) = open(&zip).expect("the zip");
    let (_f2, rezipped) = open(pack(&again)).expect("the folder zipped again");
    let (_f3, csv) = open(sample().csv()).expect("the csv");
    let at = |path: &Path| Archive::open(path, &Limits::default()).expect("the folder");
    let (unpacked, parent) = (at(&inside), at(folder.path()));
    let expected = rows(&zipped);
    assert_eq!(expected.0.len(), 60);
    for archive in [&rezipped, &csv, &unpacked, &parent] {
        assert_eq!(rows(archive), expected);
        assert_eq!(archive.count_rows().expect("counted"), 60);
        let mut all = archive.rows().expect("rows");
        assert!(all.by_ref().all(|entry| entry.is_ok()));
        assert_eq!(all.bytes_read(), archive.csv_bytes());
    }
    let with_file: Vec<_> = expected.0.iter().filter_map(|a| a.filename.as_deref()).collect();
    assert_eq!(zipped.files(), unpacked.files());
    assert_eq!(zipped.files().0, with_file.len() as u64);
    for name in with_file {
        let file = zipped.file(name).expect("a file");
        assert_eq!(file.bytes, fs::read(inside.join(name)).expect("read"));
        assert!(file.bytes.starts_with(&[0x1f, 0x8b]), "gz stays gz");
        assert_eq!(file.sha256[..], Sha256::digest(&file.bytes)[..]);
        for other in [&rezipped, &unpacked, &parent] {
            assert!(other.file(name).expect("a file") == file);
        }
        assert!(matches!(csv.file(name), Err(FileError::Missing { .. })));
    }
    for archive in [&zipped, &unpacked, &parent] {
        let profile = archive.profile().expect("readable").expect("there");
        assert_eq!(profile.athlete_id, Some(sample().athlete_id()));
        assert_eq!(profile.first_name.as_deref(), Some("Virtual"));
        assert_eq!((profile.email, profile.weight_g), (None, Some(68_000)));
    }
    assert_eq!(csv.profile().expect("readable"), None);
}

#[test]
fn what_is_no_export_is_refused_with_one_sentence() {
    let says = |error: ArchiveError, words: &str| {
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(!text.contains('\n'));
    };
    let nowhere = Archive::open(Path::new("/nowhere/x.zip"), &Limits::default());
    says(nowhere.expect_err("refused"), "does not exist");
    says(refused(""), "is empty");
    says(refused(b"\x7fELF\x01\x00\x00\x00"), "is not a Strava export");
    says(refused("Dear diary\nI ran.\n"), "is not a Strava export");
    says(refused("a,b,c,d,e\n1,2,3,4,5\n"), "has 5 columns; a Strava export has at least 10");
    says(refused(pack(&[("activities.csv", b"")])), "has 0 columns");
    says(refused(pack(&[("notes.txt", b"hi")])), "holds no activities.csv");
    says(refused(pack(&[])), "holds no activities.csv");
    says(refused(row(1)), "names of columns are missing");
    says(refused([0xff, 0xfe, b'A', 0, b',', 0]), "UTF-16");
    says(refused(format!("\"{HEADING}")), "never closed");
    let two = pack(&[("a/activities.csv", b"x"), ("b/activities.csv", b"y")]);
    says(refused(two), "holds 2 exports");
    let empty = tempfile::tempdir().expect("a folder");
    let folder = Archive::open(empty.path(), &Limits::default());
    says(folder.expect_err("refused"), "holds no activities.csv");
    let whole = sample().zip().expect("a zip");
    for part in [30, whole.len() / 2, whole.len() - 10] {
        says(refused(&whole[..part]), "cut off or damaged");
    }
}

#[test]
fn a_foreign_table_of_many_columns_is_no_export() {
    let heading: Vec<_> = (0..20).map(|n| format!("colour {n}")).collect();
    let (_folder, archive) =
        open(format!("{}\n{}\n", heading.join(","), ["red"; 20].join(","))).expect("a heading");
    let last = archive.rows().expect("rows").last().expect("entries");
    assert!(matches!(last, Err(ArchiveError::Heading { .. })));
}

#[test]
fn bombs_and_floods_are_refused() {
    let small = Limits {
        entries: 50,
        expanded_bytes: 1 << 20,
        file_bytes: 10_000,
        csv_bytes: 100_000,
        row_bytes: 2_000,
        rows: 20,
        ..Limits::default()
    };
    let tried = |bytes: Vec<u8>| {
        let (_folder, path) = write(bytes);
        Archive::open(&path, &small).expect_err("refused")
    };
    let csv = table(&[&row(1)]);
    let many: Vec<_> = (0..60).map(|n| format!("activities/{n}.fit")).collect();
    let many: Vec<_> = many.iter().map(|n| (n.as_str(), &b"x"[..])).collect();
    assert!(matches!(tried(pack(&many)), ArchiveError::TooManyEntries { .. }));
    // Few entries, but a directory of megabytes.
    let names: Vec<_> = (0..40).map(|n| format!("{n}{}", "x".repeat(60_000))).collect();
    let names: Vec<_> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
    assert!(matches!(tried(pack(&names)), ArchiveError::TooManyEntries { .. }));
    let big = vec![b' '; 200_000];
    let error = tried(pack(&[("activities.csv", &big)]));
    assert!(matches!(error, ArchiveError::File(FileError::TooLong { .. })), "{error}");
    let half = vec![0; 600_000];
    let bomb = [
        ("activities.csv", csv.as_bytes()),
        ("activities/1.fit", &half),
        ("activities/2.fit", &half),
    ];
    assert!(matches!(tried(pack(&bomb)), ArchiveError::TooMuch { .. }));
    // What is not read may be as large as it likes.
    let media = pack(&[("activities.csv", csv.as_bytes()), ("media/1.jpg", &vec![0; 2_000_000])]);
    let (_folder, path) = write(media);
    assert!(Archive::open(&path, &small).is_ok());
    // One large file does not spoil the rest.
    let (_folder, path) = write(pack(&bomb[..2]));
    let archive = Archive::open(&path, &small).expect("opened");
    assert!(matches!(archive.file("activities/1.fit"), Err(FileError::TooLong { .. })));
    assert_eq!(rows(&archive).0.len(), 1);

    let zeros = vec![0; 3 << 20];
    let (_folder, archive) =
        open(pack(&[("activities.csv", csv.as_bytes()), ("activities/1.fit", &zeros)]))
            .expect("opened");
    let error = archive.file("activities/1.fit").expect_err("refused");
    assert!(matches!(error, FileError::Ratio { ratio: 201.., .. }), "{error}");

    let long: Vec<_> = (1..=30).map(row).collect();
    let long: Vec<_> = long.iter().map(String::as_str).collect();
    let (_folder, path) = write(table(&long));
    let archive = Archive::open(&path, &small).expect("opened");
    let entries: Vec<_> = archive.rows().expect("rows").collect();
    assert_eq!(entries.len(), 21);
    assert!(matches!(entries[20], Err(ArchiveError::TooManyRows { limit: 20 })));
}

/// Many rows may name one file; each reading expands it anew, so the readings have a limit in all.
#[test]
fn one_file_named_by_many_rows_is_not_read_without_end() {
    let bytes = vec![7_u8; 400_000];
    let csv = table(&[&row(1), &row(2), &row(3)]);
    let zip = pack(&[("activities.csv", csv.as_bytes()), ("activities/1.fit", &bytes)]);
    let (_folder, path) = write(zip);
    let limits = Limits { expanded_bytes: 1 << 20, ratio: 1_000_000, ..Limits::default() };
    let archive = Archive::open(&path, &limits).unwrap();
    let sizes: Vec<_> =
        (0..4).map(|_| archive.file("activities/1.fit").map(|f| f.bytes.len())).collect();
    assert!(matches!(sizes[..2], [Ok(400_000), Ok(400_000)]), "{sizes:?}");
    assert!(sizes[2..].iter().all(|s| matches!(s, Err(FileError::Budget { .. }))), "{sizes:?}");
}

#[test]
fn a_directory_that_lies_is_found_out() {
    let csv = table(&[&row(1), &row(2)]);
    let honest = pack(&[("activities.csv", csv.as_bytes())]);
    let central = honest.windows(4).position(|w| w == b"PK\x01\x02").expect("a directory");
    let change = |at: usize, value: u32| {
        let mut zip = honest.clone();
        zip[at..at + 4].copy_from_slice(&value.to_le_bytes());
        zip
    };
    let fails = |zip: Vec<u8>, words: &str| {
        let error = match open(zip) {
            Err(error) => error,
            Ok((_folder, archive)) => {
                let last = archive.rows().expect("rows").last().expect("an entry");
                last.expect_err("an error")
            }
        };
        assert!(error.to_string().contains(words), "{error}");
    };
    // Checksum, then expanded size: too small and too large.
    fails(change(central + 16, 7), "checksum");
    fails(change(central + 24, 100), "longer than");
    fails(change(central + 24, csv.len() as u32 + 1), "ends too early");
    // The encryption bit; a method that is not read.
    let flags = u32::from_le_bytes(honest[central + 8..central + 12].try_into().expect("four"));
    fails(change(central + 8, flags | 1), "encrypted");
    fails(change(central + 8, 12 << 16), "packed with");
    // The entry itself has another name than the directory says.
    let mut zip = honest.clone();
    zip[30] = b'x';
    fails(zip, "disagree");
}

#[test]
fn names_that_lead_elsewhere_are_not_followed() {
    let csv = table(&[
        &row(1).replace("activities/1.fit.gz", "../../etc/passwd"),
        &row(2).replace("activities/2.fit.gz", "activities/../../secret"),
    ]);
    let files: Vec<(&str, &[u8])> = vec![
        ("activities.csv", csv.as_bytes()),
        ("../activities/3.fit", b"x"),
        ("/activities/4.fit", b"x"),
        ("activities\\5.fit", b"x"),
        ("activities/deep/6.fit", b"x"),
    ];
    let (_folder, archive) = open(pack(&files)).expect("opened");
    assert_eq!(archive.files(), (0, 0));
    let (activities, problems) = rows(&archive);
    assert_eq!(problems, []);
    for a in &activities {
        assert_eq!((&a.filename, a.manual), (&None, false));
        assert!(matches!(a.findings[..], [Finding::UnsafeFilename(_)]));
    }
    for name in [
        "../x",
        "activities/../x",
        "/etc/passwd",
        "activities/",
        "activities/a/b",
        "activities\\x",
        "activities/a\\b",
        "activities/..",
        "activities.csv",
        "activities/a\0b",
        "C:/x",
    ] {
        assert!(matches!(archive.file(name), Err(FileError::Name { .. })), "{name}");
    }
}

#[test]
fn links_in_a_zip_are_not_followed() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.add_symlink("activities/1.fit", "/etc/passwd", options).expect("linked");
    zip.start_file("activities.csv", options).expect("started");
    zip.write_all(table(&[&row(1)]).as_bytes()).expect("written");
    let (_folder, archive) = open(zip.finish().expect("finished").into_inner()).expect("opened");
    assert!(matches!(archive.file("activities/1.fit"), Err(FileError::Outside { .. })));
}

#[cfg(unix)]
#[test]
fn links_out_of_a_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("secret");
    fs::write(&secret, "x").expect("written");
    let export = folder.path().join("export");
    fs::create_dir_all(export.join("activities")).expect("made");
    symlink(&secret, export.join("activities/1.fit")).expect("linked");
    symlink(export.join("activities.csv"), export.join("activities/2.fit")).expect("linked");
    symlink("/dev/zero", export.join("activities/3.fit")).expect("linked");
    fs::write(export.join("activities.csv"), table(&[&row(1)])).expect("written");
    let archive = Archive::open(&export, &Limits::default()).expect("opened");
    assert!(matches!(archive.file("activities/1.fit"), Err(FileError::Outside { .. })));
    assert!(archive.file("activities/2.fit").is_ok(), "a link inside is harmless");
    assert!(matches!(archive.file("activities/3.fit"), Err(FileError::Outside { .. })));
    let device = Archive::open(Path::new("/dev/null"), &Limits::default());
    assert!(matches!(device, Err(ArchiveError::NotAnArchive { .. })));
    fs::remove_file(export.join("activities.csv")).expect("removed");
    symlink(&secret, export.join("activities.csv")).expect("linked");
    let outside = Archive::open(&export, &Limits::default());
    assert!(matches!(outside, Err(ArchiveError::File(FileError::Outside { .. }))));
}

#[test]
fn two_entries_of_one_name_are_refused() {
    // The writer refuses to make such a zip, so the second name is changed afterwards.
    let mut zip = pack(&[("activities/1.fit", b"a"), ("activities/2.fit", b"b")]);
    while let Some(at) = zip.windows(16).position(|w| w == b"activities/2.fit") {
        zip[at + 11] = b'1';
    }
    assert!(matches!(refused(zip), ArchiveError::DuplicateNames { .. }));
}

#[test]
fn one_bad_row_costs_one_row() {
    let good = [1, 2, 3, 4, 5, 6, 7, 8].map(row);
    let csv = table(&[
        &good[0],
        "#error: activity 99 could not be exported, sorry",
        &good[1],
        "x,\"May 29, 2022, 3:53:35 PM\",A,Run,,1,1,,,,,,,,,1,1,1",
        &row(100).replace("May 29, 2022", "32.13.2022"),
        "101,too,short",
        &good[2].replace("Run 3", "\"Two\nlines, and \"\"quotes\"\"\""),
        "",
        &row(102).replace("Run 102", "\"Open"),
        &good[3],
        &good[0],
        &good[4],
    ]);
    let (activities, problems) = read(&csv);
    assert_eq!(activities.iter().map(|a| a.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(activities[2].name, "Two\nlines, and \"quotes\"");
    let kinds: Vec<_> = problems.iter().map(|p| (p.row, p.line, p.activity_id)).collect();
    let expected = [
        (3, 3, None),
        (5, 5, None),
        (6, 6, Some(100)),
        (7, 7, Some(101)),
        (10, 11, Some(102)),
        (12, 13, Some(1)),
    ];
    assert_eq!(kinds, expected);
    assert!(matches!(problems[0].kind, ProblemKind::ErrorLine(_)));
    assert_eq!(problems[1].kind, ProblemKind::Id("x".into()));
    assert!(matches!(problems[2].kind, ProblemKind::Date(_)));
    assert_eq!(problems[2].column(), Some("Activity Date"));
    assert_eq!(problems[3].kind, ProblemKind::Columns { found: 3, expected: 18 });
    assert_eq!(problems[4].kind, ProblemKind::OpenQuote);
    assert!(problems[5].is_duplicate());
    let text = problems[2].to_string();
    assert!(text.starts_with("row 6 (line 6, activity 100): Activity Date"), "{text}");
    // The same with an open quote in the very last row, which nothing can close.
    let (activities, problems) = read(format!("{csv}{}", row(103).replace("Run 103", "\"Open")));
    assert_eq!((activities.len(), problems.len()), (5, 7));
}

#[test]
fn missing_and_odd_values_are_findings() {
    let base = row(1);
    let first = |line: &str| {
        let (mut activities, problems) = read(table(&[line]));
        assert_eq!(problems, []);
        activities.remove(0)
    };
    assert_eq!(first(&base).findings, []);
    let a = first(&base.replace("1428.0,1400.0,3322.95", ",,"));
    assert_eq!((a.distance_cm, a.moving, a.elapsed), (Some(332_000), None, Some(Seconds(1428))));
    let shown = Finding::ShownDistance { miles: false, confirmed: false };
    assert!(
        a.findings.contains(&shown) && a.findings.contains(&Finding::FromShown(Column::Elapsed))
    );
    let a = first(&base.replace(",3.32,", ",,").replace("3322.95", ""));
    assert_eq!((a.distance_cm, &a.findings[..]), (None, &[Finding::Missing(Column::Distance)][..]));
    let swim = base.replace(",Run,", ",Swim,").replace("3322.95", "");
    assert_eq!(first(&swim).findings, [Finding::Missing(Column::Distance)]);
    let a = first(&base.replace("3322.95", "-3"));
    assert_eq!(a.findings[0], Finding::OutOfRange(Column::Distance, "-3".into()));
    let a = first(&base.replace("3322.95", "1e300"));
    assert_eq!(a.findings[0], Finding::Unreadable(Column::Distance, "1e300".into()));
    let a = first(&base.replace(",Run,", ",Juoksu,"));
    assert_eq!((a.sport, a.sport_type.as_str()), (Sport::Other, "Juoksu"));
    assert_eq!(a.findings, [Finding::UnknownSport("Juoksu".into())]);
    let a = first(&base.replace(",Run,", ",Trail Run,"));
    assert_eq!((a.sport, a.sport_type.as_str()), (Sport::Run, "TrailRun"));
    let a = first(&base.replace("activities/1.fit.gz", ""));
    assert!(a.manual && a.filename.is_none() && a.findings.is_empty());
    let a = first(&base.replace("Run 1", &"ä".repeat(300)));
    assert_eq!((a.name.chars().count(), &a.findings[0]), (255, &Finding::Shortened(Column::Name)));
    let mut bytes = table(&[&base]).into_bytes();
    let at = bytes.windows(5).position(|w| w == b"Run 1").expect("a name");
    bytes[at] = 0xff;
    let (activities, _) = read(bytes);
    assert_eq!(activities[0].findings, [Finding::NotUtf8(Column::Name)]);
    assert_eq!(activities[0].name, "\u{fffd}un 1");
}

#[test]
fn miles_are_recognised_by_the_rows_that_have_both() {
    let imperial = |id| row(id).replace(",3.32,", ",6.22,").replace("3322.95", "10010.1");
    let alone = row(9).replace(",3.32,", ",\"10,00\",").replace("3322.95", "");
    let (activities, _) = read(table(&[&imperial(1), &alone]));
    let last = &activities[1];
    assert_eq!(last.distance_cm, Some(1_609_300));
    assert_eq!(last.findings, [Finding::ShownDistance { miles: true, confirmed: true }]);
    let (activities, _) = read(table(&[&row(1), &alone]));
    assert_eq!(activities[1].distance_cm, Some(1_000_000));
}

#[test]
fn byte_order_mark_blank_lines_and_windows_line_ends_do_no_harm() {
    let csv = format!("\u{feff}{}", table(&[&row(1), &row(2)])).replace('\n', "\r\n");
    let (activities, problems) = read(format!("{csv}\r\n\r\n"));
    assert_eq!((activities.len(), problems.len()), (2, 0));
    assert_eq!(activities[1].distance_cm, Some(332_295));
}

#[test]
fn an_error_line_may_come_before_the_heading() {
    let (activities, problems) = read(format!("#error something\n\n{}", table(&[&row(1)])));
    assert_eq!((activities.len(), problems.len()), (1, 0));
    assert_eq!(activities[0].row, 4);
}

#[test]
fn a_profile_is_read_in_any_language_and_order() {
    let csv = table(&[&row(1)]);
    for (profile, weight) in [
        ("Weight,Athlete ID,First Name\n71.5,5,Ada\n", Some(71_500)),
        ("Sportler-ID,E-Mail,Vorname,Nachname,G,B,Gewicht\n5,,Ada,L,F,,\"71,5\"\n", Some(71_500)),
        ("Sportler-ID,E-Mail,Vorname,Nachname,G,B,Gewicht\n5,,Ada,L,F,,7000\n", None),
    ] {
        let files = [("activities.csv", csv.as_bytes()), ("profile.csv", profile.as_bytes())];
        let (_folder, archive) = open(pack(&files)).expect("opened");
        let found = archive.profile().expect("readable").expect("there");
        assert_eq!((found.athlete_id, found.weight_g), (Some(5), weight));
        assert_eq!(found.first_name.as_deref(), Some("Ada"));
    }
}

#[test]
fn stored_entries_are_read_and_nested_gz_is_not_expanded() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let gz = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (name, bytes) in
        [("activities.csv", table(&[&row(1)]).as_bytes()), ("activities/1.fit.gz", &gz)]
    {
        zip.start_file(name, stored).expect("started");
        zip.write_all(bytes).expect("written");
    }
    let (_folder, archive) = open(zip.finish().expect("finished").into_inner()).expect("opened");
    let (activities, _) = rows(&archive);
    let name = activities[0].filename.as_deref().expect("a name");
    assert_eq!(archive.file(name).expect("a file").bytes, gz);
    assert!(matches!(archive.file("activities/2.fit.gz"), Err(FileError::Missing { .. })));
}
