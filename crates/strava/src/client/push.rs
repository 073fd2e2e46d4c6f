//! Webhooks: the one subscription of an application, and what is pushed.

use super::raw::Raw;
use jiff::Timestamp;
use serde_json::Value;

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Strava's id.
    pub id: i64,
}

impl Subscription {
    pub(super) fn read(value: &Value) -> Option<Self> {
        Some(Self { id: Raw::of(value).whole("id").filter(|id| *id > 0)? })
    }
}

/// What an event says has happened. None of it is signed: it is a hint to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// Something is new, or can be seen again.
    Create,
    /// Something was changed.
    Update,
    /// Something is gone, or cannot be seen any more.
    Delete,
    /// The athlete has withdrawn the permission.
    Deauthorize,
}

impl Aspect {
    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Deauthorize => "deauthorize",
        }
    }
}

/// An event as it was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Of which subscription.
    pub subscription: i64,
    /// Whose activity it is about, or which athlete.
    pub athlete: i64,
    /// The activity; `None` where it is about the athlete.
    pub activity: Option<i64>,
    /// What happened.
    pub aspect: Aspect,
    /// When, by Strava's clock.
    pub at: Timestamp,
}

impl Event {
    /// From a pushed body; `None` for what is no event, or one that means nothing to Hermes.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let raw = Raw::of(&value);
        let object = raw.whole("object_id").filter(|id| *id > 0)?;
        let aspect = raw.text("aspect_type")?;
        let activity = match raw.text("object_type")?.as_str() {
            "activity" => Some(object),
            "athlete" => None,
            _ => return None,
        };
        let withdrawn = raw.inner("updates").flag("authorized") == Some(false);
        let aspect = match (activity, aspect.as_str()) {
            (None, _) if withdrawn => Aspect::Deauthorize,
            (Some(_), "create") => Aspect::Create,
            (Some(_), "update") => Aspect::Update,
            (Some(_), "delete") => Aspect::Delete,
            _ => return None,
        };
        Some(Self {
            subscription: raw.whole("subscription_id")?,
            athlete: raw.whole("owner_id").filter(|id| *id > 0)?,
            activity,
            aspect,
            at: Timestamp::from_second(raw.whole("event_time")?).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(kind: &str, aspect: &str, updates: Value) -> Option<Event> {
        let body = json!({ "aspect_type": aspect, "event_time": 1_516_126_040, "object_id": 13,
            "object_type": kind, "owner_id": 13, "subscription_id": 120_475, "updates": updates });
        Event::read(body.to_string().as_bytes())
    }

    #[test]
    fn events_are_read_and_nonsense_is_none() {
        let created = event("activity", "create", json!({})).unwrap();
        assert_eq!((created.activity, created.aspect), (Some(13), Aspect::Create));
        let left = event("athlete", "update", json!({ "authorized": "false" })).unwrap();
        assert_eq!((left.activity, left.athlete, left.aspect), (None, 13, Aspect::Deauthorize));
        assert_eq!(event("athlete", "update", json!({ "authorized": "true" })), None);
        assert_eq!(event("segment", "create", json!({})), None);
        assert_eq!(event("activity", "explode", json!({})), None);
        for body in ["", "{", "[]", "null", "{\"object_id\":1}", "\u{0}"] {
            assert_eq!(Event::read(body.as_bytes()), None, "{body}");
        }
    }
}
