//! Distances between positions.

/// Mean radius of the Earth in metres (IUGG, R1).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A position in degrees times 10^7: north of the equator, east of Greenwich.
pub(super) type Position = (i32, i32);

/// Metres between two positions on a sphere, by the haversine formula: within 0.6 % of the
/// ellipsoid, and exact for small distances.
pub(super) fn metres(a: Position, b: Position) -> f64 {
    let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
    let (lat_a, lat_b) = (radians(a.0), radians(b.0));
    let half_lat = ((lat_b - lat_a) / 2.0).sin();
    let half_lon = ((radians(b.1) - radians(a.1)) / 2.0).sin();
    let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS_M * h.clamp(0.0, 1.0).sqrt().asin()
}
