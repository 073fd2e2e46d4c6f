//! Files of activities: alone, in folders, beside an archive, watched for; what two sources tell of
//! one run; runs entered by hand. After each the plans of the past verify.

use crate::world::{World, day};
use hermes_app::{ActivityQuery, AppError, ByHand, Kind, Ledger, Runner, Upload};
use hermes_engine::units::{Metres, Seconds};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Seconds between two points.
const STEP: i64 = 5;

/// A run in a straight line at a pace of so many metres in a minute, as a GPX file.
pub(crate) fn gpx(start: &str, minutes: i64, per_minute: f64, heart_rate: i64) -> String {
    let start: Timestamp = start.parse().unwrap();
    let mut text = String::from(
        "<?xml version=\"1.0\"?><gpx version=\"1.1\" creator=\"test\" \
         xmlns=\"http://www.topografix.com/GPX/1/1\" \
         xmlns:x=\"http://www.garmin.com/xmlschemas/TrackPointExtension/v1\"><trk>\
         <name>In a line</name><type>running</type><trkseg>",
    );
    for second in (0..=minutes * 60).step_by(STEP as usize) {
        // A degree of latitude is 111,195 m on the sphere that distances are worked out on.
        let latitude = 50.0 + per_minute * second as f64 / 60.0 / 111_195.0;
        let time = start.checked_add(SignedDuration::from_secs(second)).unwrap();
        write!(
            text,
            "<trkpt lat=\"{latitude:.7}\" lon=\"8.0\"><ele>100</ele><time>{time}</time>\
             <extensions><x:TrackPointExtension><x:hr>{heart_rate}</x:hr>\
             </x:TrackPointExtension></extensions></trkpt>"
        )
        .unwrap();
    }
    text + "</trkseg></trk></gpx>"
}

fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

const HEADING: &str = "Activity ID,Activity Date,Activity Name,Activity Type,\
    Activity Description,Elapsed Time,Distance,Max Heart Rate,Relative Effort,Commute,\
    Activity Private Note,Activity Gear,Filename\n";

/// A folder that is an archive of these rows: id, date as Strava writes it, seconds, km, file.
fn archive(folder: &Path, rows: &[(i64, &str, i64, f64, &str)]) {
    let mut csv = HEADING.to_owned();
    for (id, date, seconds, km, file) in rows {
        writeln!(csv, "{id},\"{date}\",From Strava,Run,,{seconds},{km},,,false,,,{file}").unwrap();
    }
    put(folder, "activities.csv", csv);
}

async fn take(w: &World, path: &Path) -> Ledger {
    w.app.import(&w.runner, path.to_owned(), |_| {}).await.unwrap()
}

async fn ids(w: &World) -> Vec<i64> {
    let page = w.app.activities(&w.runner, &ActivityQuery::default()).await.unwrap();
    page.items.iter().map(|a| a.id).collect()
}

/// A folder with files, an archive below it and junk: everything that can be read is taken, the
/// rest is named, and a second import changes nothing.
#[tokio::test]
async fn a_folder_is_walked_for_everything_it_can_read() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    let folder = w.folder.path().join("runs");
    put(&folder, "a/morning.gpx", gpx("2026-03-01T07:00:00Z", 50, 200.0, 150));
    put(&folder, "b.gpx", gpx("2026-03-02T07:00:00Z", 30, 180.0, 140));
    put(&folder, "junk.fit", "no file of a watch");
    put(&folder, "empty.tcx", "");
    put(&folder, "notes.txt", "not an activity");
    put(&folder, ".hidden.gpx", gpx("2026-02-01T07:00:00Z", 50, 200.0, 150));
    put(&folder, "broken.zip", "PK\u{3}\u{4}");
    // The archive knows the first run, with a title.
    archive(&folder.join("export"), &[(77, "Mar 1, 2026, 7:00:20 AM", 3000, 10.0, "")]);
    let first = take(&w, &folder).await;
    let c = first.counts;
    assert_eq!((c.new, c.duplicate, c.failed, c.skipped), (2, 1, 3, 0), "{first:?}");
    let named: Vec<&str> = first.problems.iter().map(|p| p.item.as_str()).collect();
    assert_eq!(named, ["77", "runs/broken.zip", "runs/empty.tcx", "runs/junk.fit"]);
    assert_eq!((first.runs, ids(&w).await.contains(&77)), (2, true));
    let again = take(&w, &folder).await;
    assert_eq!((again.counts.unchanged, again.counts.failed), (3, 3), "{again:?}");
    assert_eq!(again.runs, 2);

    let detail = w.app.activity(&w.runner, 77).await.unwrap();
    assert_eq!(
        (detail.activity.name.as_str(), detail.activity.heart_rate),
        ("From Strava", Some(150))
    );
    assert_eq!((detail.km.len(), detail.sources.len()), (10, 2), "{:?}", detail.km);
    assert!(detail.km.iter().all(|s| s.pace.is_some_and(|p| (298..=302).contains(&p.0))));
    let best: Vec<&str> = detail.efforts.iter().map(|e| e.name).collect();
    assert_eq!(best[..3], ["400 m", "Half a mile", "1 km"]);
    assert!(detail.curve.is_some_and(|c| c.heart_rate.iter().flatten().all(|b| *b == 150)));

    let nothing = put(&w.folder.path().join("bare"), "notes.txt", "x");
    let refused = w.app.import(&w.runner, nothing.parent().unwrap().to_owned(), |_| {}).await;
    assert!(matches!(&refused, Err(AppError::BadInput(why)) if why.contains("FIT, GPX or TCX")));
}

/// The runner's address is that of the first archive that has one.
#[tokio::test]
async fn an_archive_says_the_runners_address() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    let said = [
        ("none", "x,,Virtual,Runner"),
        ("odd", "7,nobody,Virtual,Runner"),
        ("first", "7,one@example.org,Virtual,Runner"),
        ("later", "7,two@example.org,Virtual,Runner"),
    ];
    let mut known = Vec::new();
    for ((name, line), id) in said.into_iter().zip(70..) {
        let folder = w.folder.path().join(name);
        archive(&folder, &[(id, "Mar 1, 2026, 7:00:20 AM", 3000, 10.0, "")]);
        let heading = "Athlete ID,Email Address,First Name,Last Name";
        put(&folder, "profile.csv", format!("{heading}\n{line}\n"));
        take(&w, &folder).await;
        known.push(w.app.books(&w.runner).await.unwrap().email);
    }
    let one = Some("one@example.org".to_owned());
    assert_eq!(known, [None, None, one.clone(), one]);
}

/// One file by itself: taken, or refused with what is wrong and nothing written.
#[tokio::test]
async fn a_lone_file_is_taken_or_refused() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    let dir = w.folder.path();
    for (name, bytes) in [
        ("junk.fit", b"no file of a watch".to_vec()),
        ("empty.gpx", Vec::new()),
        ("page.gpx", b"<html><body>no track</body></html>".to_vec()),
        (
            "old.gpx",
            b"<gpx><trk><trkseg><trkpt lat=\"1\" lon=\"1\"/></trkseg></trk></gpx>".to_vec(),
        ),
        ("cut.fit.gz", vec![0x1f, 0x8b, 8, 0, 0]),
        ("bomb.tcx", b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_vec()),
    ] {
        let refused = w.app.import(&w.runner, put(dir, name, bytes), |_| {}).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::BadInput, "{name}: {refused}");
        assert!(refused.to_string().contains(name), "{name}: {refused}");
    }
    assert!(w.app.past_imports(&w.runner).await.unwrap().is_empty());
    let path = put(dir, "a run.gpx", gpx("2026-03-01T07:00:00Z", 50, 200.0, 150));
    let done = take(&w, &path).await;
    assert_eq!((done.counts.new, done.runs, done.name.as_str()), (1, 1, "a run.gpx"));
    let id = ids(&w).await[0];
    assert!(id < 0, "Strava never saw it");
    // Another copy of the same bytes is the same.
    let again = take(&w, &put(dir, "copy.gpx", std::fs::read(&path).unwrap())).await;
    assert_eq!((again.counts.unchanged, ids(&w).await), (1, vec![id]));
}

/// A broken file leaves its row imported, without points, and is named.
#[tokio::test]
async fn a_broken_file_costs_no_row_of_the_archive() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    let folder = w.folder.path().join("export_1");
    let rows = [
        (1, "Mar 1, 2026, 7:00:00 AM", 3000, 10.0, "activities/1.gpx"),
        (2, "Mar 2, 2026, 7:00:00 AM", 3000, 10.0, "activities/2.fit"),
        (3, "Mar 3, 2026, 7:00:00 AM", 3000, 10.0, "activities/gone.fit.gz"),
    ];
    archive(&folder, &rows);
    put(&folder, "activities/1.gpx", gpx("2026-03-01T07:00:00Z", 50, 200.0, 150));
    put(&folder, "activities/2.fit", "rubbish");
    let done = take(&w, &folder).await;
    assert_eq!((done.counts.new, done.counts.skipped, done.runs), (3, 2, 3));
    let said: Vec<_> = done.problems.iter().map(|p| (p.row, p.reason.as_str())).collect();
    assert!(said[0].0 == 3 && said[0].1.contains("kept unread"), "{said:?}");
    assert!(said[1].0 == 4 && said[1].1.contains("not in the export"), "{said:?}");
    for (id, points) in [(1, true), (2, false), (3, false)] {
        let detail = w.app.activity(&w.runner, id).await.unwrap();
        assert_eq!((detail.curve.is_some(), !detail.efforts.is_empty()), (points, points), "{id}");
        // What the row lacks is the file's.
        assert_eq!(detail.activity.heart_rate.is_some(), points, "{id}");
    }
    let again = take(&w, &folder).await;
    assert_eq!((again.counts.unchanged, again.counts.skipped), (3, 2), "{again:?}");
    // The table alone takes nothing away.
    let bare = take(&w, &folder.join("activities.csv")).await;
    assert_eq!((bare.counts.unchanged, bare.counts.updated), (3, 0), "{bare:?}");
    assert!(w.app.activity(&w.runner, 1).await.unwrap().curve.is_some());
}

/// Figures that arrive later change plans to come, never what an old plan saw; neither do
/// mergings, and neither does taking them back.
#[tokio::test]
async fn what_files_say_later_leaves_old_plans_as_they_were() {
    let w = World::published("2026-03-02T10:00:00Z", 20).await;
    let page = w.app.activities(&w.runner, &ActivityQuery::default()).await.unwrap();
    let newest = page.items[0].clone();
    w.pass(SignedDuration::from_hours(1));
    // The watch's own file of the newest run, a little longer.
    let start = format!("{}T{}:40Z", newest.day, newest.time);
    let minutes = newest.moving.0 / 60;
    let speed = newest.distance.0 as f64 * 1.01 / minutes as f64;
    let file = put(w.folder.path(), "watch.gpx", gpx(&start, minutes, speed, 151));
    let done = take(&w, &file).await;
    assert_eq!(done.counts.duplicate, 1, "{done:?}");
    w.sound().await;
    let detail = w.app.activity(&w.runner, newest.id).await.unwrap();
    assert!(detail.activity.distance > newest.distance, "the file's data win");
    let source = detail.sources.iter().find(|s| !s.fixed).unwrap().id;
    w.pass(SignedDuration::from_hours(1));
    let two = w.app.split_activity(&w.runner, newest.id, source).await.unwrap();
    assert_eq!(two.len(), 2);
    assert_eq!(
        w.app.activity(&w.runner, newest.id).await.unwrap().activity.distance,
        newest.distance
    );
    w.sound().await;
    w.pass(SignedDuration::from_hours(1));
    let again = take(&w, &file).await;
    assert_eq!(
        (again.counts.unchanged, ids(&w).await.contains(&two[0])),
        (1, true),
        "it stays split"
    );
    let one = w.app.merge_activities(&w.runner, two[0], newest.id).await.unwrap();
    assert_eq!(one, [newest.id]);
    w.sound().await;
    w.pass(SignedDuration::from_hours(1));
    let imports = w.app.past_imports(&w.runner).await.unwrap();
    let batch = imports.iter().find(|i| i.name == "watch.gpx" && i.id == done.id).unwrap();
    w.app.undo_import(&w.runner, batch.id).await.unwrap();
    let detail = w.app.activity(&w.runner, newest.id).await.unwrap();
    assert_eq!((detail.activity.distance, detail.sources.len()), (newest.distance, 1));
    w.sound().await;
    let twice = w.app.undo_import(&w.runner, batch.id).await.unwrap_err();
    assert_eq!(twice.kind(), Kind::NotFound);
    let alone = w.app.split_activity(&w.runner, newest.id, detail.sources[0].id).await.unwrap_err();
    assert_eq!(alone.kind(), Kind::BadInput, "{alone}");
    // Weeks later all of it still verifies.
    w.days(7);
    w.app.publish(&w.runner).await.unwrap();
    w.sound().await;
}

fn by_hand(on: &str, km: i64, minutes: i64) -> ByHand {
    ByHand {
        day: day(on),
        minute: 7 * 60 + 30,
        distance: Metres(km * 1000),
        time: Seconds(minutes * 60),
        name: None,
        trail: false,
        race: false,
        ascent: None,
        heart_rate: Some(140),
        effort: Some(3),
    }
}

#[tokio::test]
async fn a_run_is_entered_by_hand() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    w.app.set_time_zone(w.runner.id, "Europe/Berlin").await.unwrap();
    let runner = w.app.owner().await.unwrap();
    let run = by_hand("2026-03-03", 8, 44);
    let (id, known) = w.app.add_by_hand(&runner, &run).await.unwrap();
    assert!(id < 0 && !known);
    assert_eq!(w.app.add_by_hand(&runner, &run).await.unwrap(), (id, true), "twice is once");
    let detail = w.app.activity(&runner, id).await.unwrap();
    assert_eq!((detail.activity.time.as_str(), detail.activity.distance), ("07:30", Metres(8000)));
    assert_eq!((detail.sources[0].what, detail.curve), ("By hand", None));
    // The watch's file of it arrives: one run, with the file's figures.
    let file = put(w.folder.path(), "a.gpx", gpx("2026-03-03T06:30:30Z", 44, 183.0, 150));
    let done = w.app.import(&runner, file, |_| {}).await.unwrap();
    assert_eq!((done.counts.duplicate, done.runs), (1, 1));
    assert_eq!(w.app.activity(&runner, id).await.unwrap().activity.heart_rate, Some(150));

    let bad = [
        (by_hand("2026-03-05", 8, 44), "still to come"),
        (by_hand("2026-03-03", 0, 44), "500 km"),
        (by_hand("2026-03-03", 8, 0), "96 hours"),
        (ByHand { minute: 1440, ..run.clone() }, "23:59"),
        (ByHand { heart_rate: Some(5), ..run.clone() }, "30 and 240"),
        (ByHand { effort: Some(11), ..run.clone() }, "1 (very easy)"),
        (ByHand { name: Some("x".repeat(256)), ..run.clone() }, "255"),
        (ByHand { ascent: Some(Metres(10_000)), ..run }, "9,999"),
    ];
    for (run, says) in bad {
        let refused = w.app.add_by_hand(&runner, &run).await.unwrap_err();
        assert!(
            refused.kind() == Kind::BadInput && refused.to_string().contains(says),
            "{refused}"
        );
    }
}

/// Files of the watched folder are taken when they are whole, once, and stay where they are.
#[tokio::test]
async fn a_folder_is_watched() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    let folder = w.folder.path().join("inbox");
    std::fs::create_dir_all(&folder).unwrap();
    let look = async || w.app.watch(&w.runner, &folder).await.unwrap();
    let wait = || w.pass(SignedDuration::from_secs(15));
    assert_eq!(look().await, 0);
    let whole = gpx("2026-03-01T07:00:00Z", 50, 200.0, 150);
    put(&folder, "sub/a.gpx", &whole[..whole.len() / 2]);
    put(&folder, "bad.fit", "rubbish");
    put(&folder, "photo.jpg", "no activity");
    assert_eq!(look().await, 0, "just seen");
    put(&folder, "sub/a.gpx", &whole);
    wait();
    assert_eq!(look().await, 1, "the bad one; the other has grown meanwhile");
    assert_eq!(look().await, 0, "not long enough");
    wait();
    assert_eq!((look().await, ids(&w).await.len()), (1, 1));
    assert!(folder.join("sub/a.gpx").is_file() && folder.join("bad.fit").is_file());
    let named = w.app.past_imports(&w.runner).await.unwrap();
    assert_eq!(named.len(), 2, "{named:?}");
    // Under another name it is known; changed, it is looked at again.
    put(&folder, "again.gpx", &whole);
    look().await;
    wait();
    assert_eq!((look().await, w.app.past_imports(&w.runner).await.unwrap().len()), (1, 2));
    put(&folder, "sub/a.gpx", gpx("2026-03-02T07:00:00Z", 20, 200.0, 150));
    look().await;
    wait();
    assert_eq!((look().await, ids(&w).await.len()), (1, 2));
    wait();
    assert_eq!(look().await, 0);
    let gone = w.app.watch(&w.runner, &folder.join("nowhere")).await.unwrap_err();
    assert_eq!(gone.kind(), Kind::BadInput, "{gone}");
}

/// Several uploads are one import; a bad one among them is named.
#[tokio::test]
async fn uploads_come_together_and_are_removed() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    let dir = w.folder.path();
    let upload = |name: &str, bytes: &[u8]| Upload {
        path: put(dir, &format!("upload-{name}"), bytes),
        name: name.to_owned(),
    };
    let uploads = vec![
        upload("a.gpx", gpx("2026-03-01T07:00:00Z", 50, 200.0, 150).as_bytes()),
        upload("b.fit", b"rubbish"),
        upload("c.zip", b"no archive"),
        upload("d.gpx", b""),
    ];
    w.app.start_import(&w.runner, uploads, true).await.unwrap();
    let mut done = None;
    for _ in 0..600 {
        done = w.app.import_status(w.runner.id).filter(|s| s.rows_done == 4);
        if done.as_ref().is_some_and(|s| s.state == hermes_app::ImportState::Done) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let done = done.expect("it ends");
    assert_eq!((done.counts.new, done.counts.failed), (1, 3), "{done:?}");
    assert_eq!(done.name, "a.gpx and 3 more");
    for _ in 0..100 {
        let left = std::fs::read_dir(dir).unwrap();
        let name = |e: std::io::Result<std::fs::DirEntry>| e.unwrap().file_name();
        if !left.map(name).any(|n| n.to_string_lossy().starts_with("upload-")) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("uploads are left behind");
}

/// Files that could not be read are kept beside the uploads, for a week, for nobody but their
/// runner; trying again is an import of its own, and what fails again is kept again.
#[tokio::test]
async fn failed_uploads_are_kept_for_a_while_and_tried_again() {
    let w = World::at("2026-03-10T09:00:00Z").await;
    let dir = w.folder.path().join("uploads");
    let upload = |name: &str, bytes: &[u8]| Upload {
        path: put(&dir, &format!("upload-{name}"), bytes),
        name: name.to_owned(),
    };
    let uploads = vec![
        upload("a.gpx", gpx("2026-03-01T07:00:00Z", 50, 200.0, 150).as_bytes()),
        upload("b.fit", b"rubbish"),
        upload("c.gpx", b"<gpx>"),
    ];
    let ended = async || {
        for _ in 0..600 {
            let status = w.app.import_status(w.runner.id).unwrap();
            let names = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name());
            let names: Vec<String> = names.map(|n| n.to_string_lossy().into_owned()).collect();
            let busy = names.iter().any(|n| n.starts_with("upload-"));
            if status.state == hermes_app::ImportState::Done && !busy {
                return names;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the import does not end");
    };
    w.app.start_import(&w.runner, uploads, true).await.unwrap();
    let kept = ended().await;
    assert!(kept.len() == 2 && kept.iter().all(|n| n.starts_with("kept-")), "{kept:?}");
    let batch = w.app.past_imports(&w.runner).await.unwrap()[0].id;
    let page = async |id| {
        let page = w.app.import_page(&w.runner, id, None, 1, &dir).await.unwrap();
        page.map(|p| (p.summary.counts.failed, p.retry.kept, p.retry.gone))
    };
    assert_eq!(page(batch).await, Some((2, 2, Vec::new())));
    let stranger = Runner { id: uuid::Uuid::from_u128(7), ..w.runner.clone() };
    let refused = w.app.retry_import(&stranger, batch, &dir).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
    let other = w.app.import_page(&stranger, batch, None, 1, &dir).await.unwrap();
    assert_eq!(other, None);

    let c = kept.iter().find(|n| n.ends_with(".gpx")).unwrap();
    put(&dir, c, gpx("2026-03-03T07:00:00Z", 30, 200.0, 150));
    assert_eq!(w.app.retry_import(&w.runner, batch, &dir).await.unwrap(), 2);
    w.pass(SignedDuration::from_secs(1));
    for _ in 0..600 {
        if w.app.past_imports(&w.runner).await.unwrap().len() == 2 && ended().await.len() == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let second = w.app.past_imports(&w.runner).await.unwrap()[0].clone();
    assert_ne!(second.id, batch);
    assert_eq!(page(second.id).await, Some((1, 1, Vec::new())));
    assert_eq!(page(batch).await.unwrap().1, 0, "they belong to the new import");
    let none = w.app.retry_import(&w.runner, batch, &dir).await.unwrap_err();
    assert!(none.to_string().contains("upload them again"), "{none}");
}
