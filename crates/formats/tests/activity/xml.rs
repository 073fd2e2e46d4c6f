//! GPX and TCX as devices, apps and Strava write them.

use crate::{findings, gz, one, refused};
use hermes_engine::record::Sport;
use hermes_formats::activity::{FileKind, Limits, read};

fn gpx(points: &str) -> String {
    format!(
        "<gpx version=\"1.1\"><trk><name>A</name><type>running</type><trkseg>{points}\
             </trkseg></trk></gpx>"
    )
}

fn tcx(points: &str) -> String {
    format!(
        "<TrainingCenterDatabase><Activities><Activity Sport=\"Running\">\
         <Id>2024-05-05T06:30:00Z</Id><Lap StartTime=\"2024-05-05T06:30:00Z\">\
         <TotalTimeSeconds>20</TotalTimeSeconds><DistanceMeters>60</DistanceMeters>\
         <Calories>5</Calories><Track>{points}</Track></Lap></Activity></Activities>\
         </TrainingCenterDatabase>"
    )
}

/// Three points, 30 m and 10 s apart along a meridian; the extensions are the caller's.
fn trkpts(extensions: &str) -> String {
    let point = |n: u32| {
        let lat = 45.0 + f64::from(n) * 30.0 / 111_195.0;
        format!(
            "<trkpt lat=\"{lat:.7}\" lon=\"7.5\"><ele>{}</ele>\
             <time>2024-05-05T06:30:{:02}Z</time>{extensions}</trkpt>",
            100 + n,
            10 * n
        )
    };
    (0..3).map(point).collect()
}

#[test]
fn a_gpx_of_every_vendor() {
    for extensions in [
        "<extensions><gpxtpx:TrackPointExtension><gpxtpx:atemp>17.6</gpxtpx:atemp><gpxtpx:hr>151\
         </gpxtpx:hr><gpxtpx:cad>86</gpxtpx:cad></gpxtpx:TrackPointExtension>\
         <power>240</power></extensions>",
        "<extensions><ns3:TrackPointExtension><ns3:atemp>18</ns3:atemp><ns3:hr>151</ns3:hr>\
         <ns3:cad>86</ns3:cad></ns3:TrackPointExtension><pwr:PowerInWatts>240</pwr:PowerInWatts>\
         </extensions>",
        "<extensions><heartrate>151</heartrate><cadence>172</cadence>\
         <temp>18</temp><power>240</power></extensions>",
    ] {
        let text = gpx(&trkpts(extensions));
        let strava = format!("          <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}");
        let marked = format!("\u{feff}{text}");
        for bytes in [text.as_bytes(), strava.as_bytes(), marked.as_bytes(), &gz(text.as_bytes())] {
            let run = one("a.gpx", bytes);
            assert_eq!((run.kind, run.sport_type), (FileKind::Gpx, "Run"));
            assert_eq!(run.name.as_deref(), Some("A"));
            assert_eq!((run.elapsed.0, run.distance_cm), (20, Some(6_000)));
            let s = &run.streams;
            assert_eq!((s.heart_rate[1], s.cadence[1]), (Some(151), Some(172)));
            assert_eq!((s.temperature_c[1], s.watts[1]), (Some(18), Some(240)));
            assert_eq!((s.altitude_dm[1], s.time_ms[1]), (Some(1_010), 10_000));
        }
    }
}

#[test]
fn texts_in_other_encodings() {
    let text = gpx(&trkpts("")).replace("<name>A</name>", "<name>Mülltour</name>");
    let name = |bytes: &[u8]| one("a.gpx", bytes).name;
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(order).collect()
    };
    assert_eq!(name(&wide(u16::to_le_bytes)).as_deref(), Some("Mülltour"));
    assert_eq!(name(&wide(u16::to_be_bytes)).as_deref(), Some("Mülltour"));
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let said = [&b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"[..], &latin].concat();
    assert_eq!(name(&said).as_deref(), Some("Mülltour"));
    let run = one("a.gpx", &latin);
    assert_eq!(run.name.as_deref(), Some("M\u{fffd}lltour"));
    assert!(findings(&run).iter().any(|f| f.contains("not UTF-8")));
    let escaped = text.replace("Mülltour", "A &amp; B &#x263A; &lt;3 <![CDATA[& more]]>");
    assert_eq!(name(escaped.as_bytes()).as_deref(), Some("A & B ☺ <3 & more"));
}

#[test]
fn times_of_every_notation() {
    let at = |time: &str| {
        let text = gpx(&trkpts("").replace("2024-05-05T06:30:00Z", time));
        let run = one("a.gpx", text.as_bytes());
        (run.start.to_string(), run.utc_offset_s)
    };
    let start = "2024-05-05T06:29:59Z".to_owned();
    assert_eq!(at("2024-05-05T06:29:59Z"), (start.clone(), None));
    assert_eq!(at("2024-05-05T06:29:59"), (start.clone(), None));
    assert_eq!(at(" 2024-05-05T08:29:59+02:00 "), (start.clone(), Some(7200)));
    assert_eq!(at("2024-05-05T01:59:59.000-04:30"), (start, Some(-16_200)));
    assert_eq!(at("2024-05-05T06:29:59.250Z").0, "2024-05-05T06:29:59.25Z");
}

#[test]
fn points_without_times_are_left_out() {
    let points = trkpts("").replace("<time>2024-05-05T06:30:10Z</time>", "");
    let run = one("a.gpx", gpx(&points).as_bytes());
    assert_eq!(run.streams.len(), 2);
    assert_eq!(findings(&run)[0], "points without a time were left out: 1");
    let none = points.replace("2024-", "1901-");
    assert!(refused("a.gpx", gpx(&none).as_bytes()).contains("without a single timed point"));
}

#[test]
fn points_out_of_order_are_sorted() {
    let points = trkpts("").replace(":00Z", ":15Z");
    let run = one("a.gpx", gpx(&points).as_bytes());
    assert_eq!(run.streams.time_ms, [0, 5_000, 10_000]);
    assert!(findings(&run)[0].contains("out of order in time and were sorted: 1"));
}

#[test]
fn a_receiver_that_jumps_runs_no_farther() {
    let point = |n: u32, north: f64| {
        let lat = 45.0 + (f64::from(n) * 3.0 + north) / 111_195.0;
        format!(
            "<trkpt lat=\"{lat:.7}\" lon=\"7.5\"><time>2024-05-05T06:{:02}:{:02}Z</time></trkpt>",
            n / 60,
            n % 60
        )
    };
    let far = |n: u32| if (300..303).contains(&n) { 500.0 } else { 0.0 };
    let text: String = (0..=600).map(|n| point(n, far(n))).collect();
    let run = one("a.gpx", gpx(&text).as_bytes());
    assert_eq!(run.distance_cm, Some(180_000));
    assert!(findings(&run).iter().any(|f| f.ends_with("no best effort there: 3")));
    // A vehicle goes on, and is told by its distance.
    let text: String =
        (0..=600).map(|n| point(n, f64::from(n.saturating_sub(400).min(100)) * 17.0)).collect();
    let run = one("a.gpx", gpx(&text).as_bytes());
    assert_eq!(run.distance_cm, Some(350_000));
}

#[test]
fn standing_is_not_moving() {
    let seconds = (0..=100).chain(161..=260);
    let point = |n: u32| {
        let way = f64::from(if n <= 100 { n } else { n - 60 }) * 3.0;
        let lat = 45.0 + way / 111_195.0;
        format!(
            "<trkpt lat=\"{lat:.7}\" lon=\"7.5\"><time>2024-05-05T06:{:02}:{:02}Z</time></trkpt>",
            n / 60,
            n % 60
        )
    };
    let text: String = seconds.map(point).collect();
    let run = one("a.gpx", gpx(&text).as_bytes());
    assert_eq!((run.elapsed.0, run.moving.0), (260, 199));
}

#[test]
fn a_tcx_with_all_it_can_have() {
    let point = |n: u32| {
        format!(
            "<Trackpoint><Time>2024-05-05T06:30:{:02}Z</Time><Position><LatitudeDegrees>45.0\
             </LatitudeDegrees><LongitudeDegrees>-7.5</LongitudeDegrees></Position>\
             <AltitudeMeters>101.26</AltitudeMeters><DistanceMeters>{}</DistanceMeters>\
             <HeartRateBpm xsi:type=\"HeartRateInBeatsPerMinute_t\"><Value>150</Value>\
             </HeartRateBpm><Extensions><ns3:TPX><ns3:Speed>3.0</ns3:Speed><ns3:RunCadence>85\
             </ns3:RunCadence><ns3:Watts>250</ns3:Watts></ns3:TPX></Extensions></Trackpoint>",
            10 * n,
            30 * n
        )
    };
    let text = tcx(&(0..3).map(point).collect::<String>());
    for bytes in [text.clone(), format!("          {text}")] {
        let run = one("a.tcx", bytes.as_bytes());
        assert_eq!((run.kind, run.sport_type), (FileKind::Tcx, "Run"));
        assert_eq!((run.elapsed.0, run.moving.0, run.distance_cm), (20, 20, Some(6_000)));
        assert_eq!((run.calories, run.laps.len()), (Some(5), 1));
        let s = &run.streams;
        assert_eq!((s.latitude_e7[2], s.longitude_e7[2]), (Some(450_000_000), Some(-75_000_000)));
        assert_eq!((s.altitude_dm[2], s.distance_cm[2]), (Some(1_013), Some(6_000)));
        assert_eq!((s.heart_rate[2], s.cadence[2]), (Some(150), Some(170)));
        assert_eq!((s.speed_mm_s[2], s.watts[2]), (Some(3_000), Some(250)));
        assert!(run.findings.is_empty(), "{:?}", run.findings);
    }
}

#[test]
fn a_tcx_of_a_treadmill_has_no_points_to_speak_of() {
    let run = one("a.tcx", tcx("").as_bytes());
    assert_eq!((run.elapsed.0, run.distance_cm, run.streams.len()), (20, Some(6_000), 0));
    assert_eq!(findings(&run), ["the file has no points, only a summary"]);
}

#[test]
fn a_tcx_of_several_sports() {
    let activity = |sport: &str, at: &str| {
        format!(
            "<Activity Sport=\"{sport}\"><Id>{at}</Id><Lap StartTime=\"{at}\"><TotalTimeSeconds>9\
             </TotalTimeSeconds></Lap></Activity>"
        )
    };
    let text = format!(
        "<TrainingCenterDatabase><Activities><MultiSportSession><FirstSport>{}</FirstSport>\
         <NextSport>{}</NextSport></MultiSportSession></Activities></TrainingCenterDatabase>",
        activity("Biking", "2024-05-05T06:30:00Z"),
        activity("Running", "2024-05-05T07:30:00Z")
    );
    let parts = read("a.tcx", text.as_bytes(), &Limits::default()).expect("readable");
    let sports: Vec<_> = parts.iter().map(|p| (p.sport_type, p.sport)).collect();
    assert_eq!(sports, [("Ride", Sport::Other), ("Run", Sport::Run)]);
}

#[test]
fn a_cut_file_keeps_what_is_before_the_cut() {
    let file = gpx(&trkpts(""));
    let second = file.find("06:30:10").expect("there");
    let run = one("a.gpx", &file.as_bytes()[..second]);
    assert_eq!(run.streams.len(), 1);
    assert!(findings(&run)[0].contains("damaged at byte"), "{:?}", findings(&run));
    let broken = file.replace("06:30:20Z</time>", "06:30:20Z</tim>");
    assert_eq!(one("a.gpx", broken.as_bytes()).streams.len(), 2);
    let first = file.find("06:30:00").expect("there");
    assert!(refused("a.gpx", &file.as_bytes()[..first]).contains("not readable as XML"));
    let packed = gz(file.as_bytes());
    let run = read("a.gpx.gz", &packed[..packed.len() - 9], &Limits::default());
    assert!(run.is_ok_and(|r| findings(&r[0]).iter().any(|f| f.contains("gzip"))));
}

#[test]
fn what_is_no_activity_is_told() {
    for (name, bytes, says) in [
        ("a.gpx", &b""[..], "is empty"),
        ("a.gpx", b" \n", "is empty"),
        ("a.txt", b"hello", "neither FIT, GPX nor TCX"),
        ("a.fit", b"hello", "does not begin as a FIT file does"),
        ("a.TCX.gz", b"hello", "does not begin as a TCX file does"),
        ("a.zip", b"PK\x03\x04....", "zip archive"),
        ("a.gpx", b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ("a.gpx", b"<html><body>Sign in</body></html>", "web page"),
        ("a.kml", b"<kml></kml>", "KML file"),
        ("a.json", b"{\"type\":\"Run\"}", "JSON file"),
        ("a.gpx", b"<gpx><wpt lat=\"1\" lon=\"2\"/><rte/></gpx>", "holds no activity"),
        ("a.tcx", b"<TrainingCenterDatabase><Courses/></TrainingCenterDatabase>", "no activity"),
        ("a.fit.gz", b"\x1f\x8bnonsense", "cannot be unpacked"),
    ] {
        let text = refused(name, bytes);
        assert!(text.contains(says), "{text}");
        assert!(text.contains(';') || text.contains('(') || text.contains("type"), "{text}");
    }
}
