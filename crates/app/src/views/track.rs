//! The way that was run, as a drawing: no map, no place names, only its shape.

use hermes_formats::activity::Streams;

/// Points of a drawing at most.
const POINTS: usize = 400;
/// The longer side of a drawing.
const SIDE: f64 = 1000.0;
/// Shorter ways than this, in ten-millionths of a degree (some 20 m), have no shape.
const SMALLEST: f64 = 1800.0;

/// A way in whole units, from the upper left.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Track {
    /// Width and height.
    pub size: (i64, i64),
    /// From start to end.
    pub points: Vec<(i64, i64)>,
}

/// The drawing of a recording; `None` without a shape. A degree of longitude is as much shorter as
/// it is at the middle of the way.
pub(crate) fn track(streams: &Streams) -> Option<Track> {
    let known: Vec<(f64, f64)> = streams
        .latitude_e7
        .iter()
        .zip(&streams.longitude_e7)
        .filter_map(|(lat, lon)| Some((f64::from((*lat)?), f64::from((*lon)?))))
        .collect();
    let span = |of: fn(&(f64, f64)) -> f64| {
        let least = known.iter().map(of).reduce(f64::min)?;
        Some((least, known.iter().map(of).reduce(f64::max)?))
    };
    let ((south, north), (west, east)) = (span(|p| p.0)?, span(|p| p.1)?);
    let shrink = ((south + north) / 2e7).to_radians().cos().max(0.01);
    let (width, height) = ((east - west) * shrink, north - south);
    let longest = width.max(height);
    if longest < SMALLEST {
        return None;
    }
    let scale = SIDE / longest;
    let whole = |x: f64| (x * scale).round() as i64;
    let every = known.len().div_ceil(POINTS).max(1);
    let last = known.len() - 1;
    let kept = known.iter().enumerate().filter(|(n, _)| n % every == 0 || *n == last);
    let points =
        kept.map(|(_, (lat, lon))| (whole((lon - west) * shrink), whole(north - lat))).collect();
    Some(Track { size: (whole(width).max(1), whole(height).max(1)), points })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(points: &[(i32, i32)]) -> Streams {
        Streams {
            latitude_e7: points.iter().map(|p| Some(p.0)).collect(),
            longitude_e7: points.iter().map(|p| Some(p.1)).collect(),
            ..Streams::default()
        }
    }

    /// A square on the ground is a square on the screen, wherever it is; north is up.
    #[test]
    fn a_square_stays_a_square() {
        let degree = 10_000_000;
        let north = way(&[
            (60 * degree - 50_000, 0),
            (60 * degree - 50_000, 200_000),
            (60 * degree + 50_000, 200_000),
        ]);
        let t = track(&north).unwrap();
        assert_eq!(t.size, (1000, 1000));
        assert_eq!(t.points, [(0, 1000), (1000, 1000), (1000, 0)]);
    }

    #[test]
    fn what_has_no_shape_is_not_drawn() {
        assert_eq!(track(&Streams::default()), None);
        assert_eq!(track(&way(&[(480_000_000, 160_000_000); 50])), None, "a treadmill");
        let gap = Streams { longitude_e7: vec![None; 2], ..way(&[(0, 0), (900_000, 900_000)]) };
        assert_eq!(track(&gap), None, "half of the places");
    }

    #[test]
    fn long_ways_keep_their_ends() {
        let many: Vec<(i32, i32)> = (0..10_000).map(|i| (i * 100, i * 100)).collect();
        let t = track(&way(&many)).unwrap();
        assert!((POINTS - 10..=POINTS + 1).contains(&t.points.len()), "{}", t.points.len());
        assert_eq!(t.points.last(), Some(&(t.size.0, 0)));
    }
}
