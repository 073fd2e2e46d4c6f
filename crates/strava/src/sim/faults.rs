//! What can be made to go wrong.

use serde::{Deserialize, Serialize};

/// Switches; all are off by default. In JSON a field that is left out keeps its value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Every call to the API is answered with 401, whatever its token.
    pub unauthorized: bool,
    /// The application is inactive: 403 for every call and for new tokens.
    pub inactive: bool,
    /// Activities whose detail and streams are answered with 500.
    pub broken_activities: Vec<i64>,
    /// Every so many-th call to the API is answered with 503 and no JSON; 0 for none.
    pub unavailable_every: u32,
    /// How long every answer of the API and of tokens takes longer, in real milliseconds.
    pub delay_ms: u64,
    /// Every so many-th answer of the API ends in its middle; 0 for none. They take turns: one is
    /// cut and complete as HTTP, the next breaks the connection.
    pub truncate_every: u32,
    /// How many virtual seconds after its upload the streams of an activity are there; until then
    /// they are answered with 404.
    pub streams_late_s: i64,
    /// How many virtual seconds after its upload (and its event) an activity can be fetched and
    /// listed.
    pub activities_late_s: i64,
    /// Lists of activities end after so many, as if there were no more.
    pub lists_hold: Option<u32>,
    /// Answers that hold tokens break off on their way: the tokens are made, and nobody has them.
    pub lose_tokens: bool,
    /// A refreshed token keeps its refresh token, where otherwise a new one comes and the old one
    /// is dead at once.
    pub keep_refresh_token: bool,
    /// The consent page is shown with everything unticked.
    pub unticked: bool,
    /// So many athletes may be connected at once; the next gets a page instead of a redirect.
    /// 0 for no limit.
    pub athletes_max: u32,
    /// Events are held for a moment and delivered last first.
    pub reorder_events: bool,
    /// Every event is delivered twice.
    pub duplicate_events: bool,
    /// Every so many-th event is lost; 0 for none.
    pub lose_event_every: u32,
}
