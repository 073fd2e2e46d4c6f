fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        for r in hermes_formats::activity::read("x", &bytes, &Default::default()).unwrap() {
            let s = &r.streams;
            println!("{} {}", r.sport_type, s.len());
            let mut last: Option<(u32, i32)> = None;
            for i in 0..s.len() {
                let (t, Some(d)) = (s.time_ms[i], s.distance_cm.get(i).copied().flatten()) else {
                    continue;
                };
                if let Some((lt, ld)) = last {
                    let v = (d - ld) as f64 / 100.0 / ((t - lt) as f64 / 1000.0).max(1.0);
                    if v > 8.0 {
                        println!(
                            "  {i} t={t} dt={} dd={} v={v:.1} speed={:?} alt={:?}",
                            t - lt,
                            d - ld,
                            s.speed_mm_s.get(i),
                            s.altitude_dm.get(i)
                        );
                    }
                }
                last = Some((t, d));
            }
        }
    }
}
