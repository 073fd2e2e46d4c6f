//! Bytes read as answers and events of Strava.

use hermes_strava::client::{Activity, Athlete, Event, Page, SAMPLES_MAX, Scopes, Streams};

/// Reads the bytes as everything that Strava sends; what is taken is within its bounds.
pub fn all(bytes: &[u8]) {
    drop(Event::read(bytes));
    let Ok(value) = serde_json::from_slice(bytes) else { return };
    drop(Athlete::read(&value));
    if let Some(page) = Page::read(&value) {
        assert!(page.activities.len() <= page.entries);
    }
    if let Some(a) = Activity::read(&value) {
        assert!(a.id > 0);
        assert!(a.distance_cm.is_none_or(|d| d >= 0));
        assert!(a.name.is_none_or(|n| n.chars().count() <= 255 && !n.contains('\0')));
    }
    if let Some(streams) = Streams::read(&value) {
        let n = streams.time_s.len();
        assert!((1..=SAMPLES_MAX).contains(&n));
        let fits = |len: usize| len == 0 || len == n;
        assert!(fits(streams.distance_cm.len()) && fits(streams.place.len()));
        assert!(fits(streams.heart_rate.len()) && fits(streams.moving.len()));
    }
    if let Some(text) = value.as_str() {
        let scopes = Scopes::read(text);
        assert_eq!(Scopes::read(&scopes.to_string()), scopes);
    }
}
