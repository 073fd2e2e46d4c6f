fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.rsplit('/').next().unwrap();
        let t = std::time::Instant::now();
        let r = hermes_formats::activity::read(name, &bytes, &Default::default());
        let took = t.elapsed();
        match r {
            Err(e) => println!("{name}: ERROR {e}"),
            Ok(rs) => {
                for r in rs {
                    let s = &r.streams;
                    let enc = s.encode();
                    println!(
                        "{name}: {} {} {:?} {:?} {} off={:?} el={} mv={} d={:?} asc={:?} hr={:?}/{:?} v={:?}/{:?} cad={:?} w={:?} t={:?} cal={:?} in={} laps={} n={} enc={} {:?}",
                        r.kind,
                        r.sport_type,
                        r.name,
                        r.device,
                        r.start,
                        r.utc_offset_s,
                        r.elapsed.0,
                        r.moving.0,
                        r.distance_cm,
                        r.ascent_cm,
                        r.average_heart_rate,
                        r.max_heart_rate,
                        r.average_speed_mm_s,
                        r.max_speed_mm_s,
                        r.average_cadence,
                        r.average_watts,
                        r.temperature_c,
                        r.calories,
                        r.indoor,
                        r.laps.len(),
                        s.len(),
                        enc.len(),
                        took
                    );
                    let t = std::time::Instant::now();
                    let f = hermes_formats::activity::figures(&r.streams);
                    println!(
                        "      {:?} km={} graded={:?} asc={:?} dec={:?} max={:?} fast={:?} best={:?}",
                        t.elapsed(),
                        f.km.len(),
                        f.graded_cm,
                        f.ascent_cm,
                        f.decoupling_permille,
                        f.max_heart_rate,
                        f.fastest_ms,
                        f.best
                            .iter()
                            .map(|b| (b.effort.name(), b.time_ms, b.heart_rate))
                            .collect::<Vec<_>>()
                    );
                    for f in &r.findings {
                        println!("      {f}");
                    }
                    assert_eq!(
                        hermes_formats::activity::Streams::decode(&enc).unwrap(),
                        s.clone().tidy()
                    );
                }
            }
        }
    }
}
