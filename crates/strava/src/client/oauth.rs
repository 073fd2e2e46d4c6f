//! Permission: where a runner is sent to, what comes back, and the tokens.

use super::raw::Raw;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use std::fmt;

/// What a runner can grant. Hermes never asks for leave to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Public data.
    Read,
    /// Activities that everyone or followers can see.
    ActivityRead,
    /// All activities, those for "only you" too.
    ActivityReadAll,
    /// The athlete's profile, with zones.
    ProfileReadAll,
}

impl Scope {
    /// What Hermes asks for.
    pub const ASKED: [Self; 3] = [Self::Read, Self::ActivityRead, Self::ActivityReadAll];
    const ALL: [Self; 4] =
        [Self::Read, Self::ActivityRead, Self::ActivityReadAll, Self::ProfileReadAll];

    /// Strava's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ActivityRead => "activity:read",
            Self::ActivityReadAll => "activity:read_all",
            Self::ProfileReadAll => "profile:read_all",
        }
    }
}

/// What a runner granted: a set of scopes as Strava writes it. Unknown ones are kept out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// From the callback's `scope`, or from [`Scopes`] as text.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let word = |word: &str| Scope::ALL.into_iter().find(|scope| scope.name() == word.trim());
        let mut scopes: Vec<Scope> = text.split([',', ' ']).filter_map(word).collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }

    /// Was it granted?
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Can activities be read at all?
    #[must_use]
    pub fn reads_activities(&self) -> bool {
        self.has(Scope::ActivityRead) || self.has(Scope::ActivityReadAll)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|scope| scope.name()).collect();
        f.write_str(&names.join(","))
    }
}

/// The tokens of an athlete.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For requests.
    pub access: SecretString,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// For the next ones. A new one ends the old one at once.
    pub refresh: SecretString,
}

impl Tokens {
    pub(super) fn read(value: &Value) -> Option<Self> {
        let raw = Raw::of(value);
        Some(Self {
            access: raw.text("access_token")?.into(),
            refresh: raw.text("refresh_token")?.into(),
            expires_at: Timestamp::from_second(raw.whole("expires_at")?).ok()?,
        })
    }
}

/// What the exchange of a code gives.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The tokens.
    pub tokens: Tokens,
    /// Who granted it.
    pub athlete: Athlete,
}

/// An athlete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Athlete {
    /// Strava's id, positive.
    pub id: i64,
    /// First and last name as far as they are known, else the user name.
    pub name: Option<String>,
}

impl Athlete {
    /// From Strava's JSON; `None` without an id.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let raw = Raw::of(value);
        let names = [raw.text("firstname"), raw.text("lastname")];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = if name.is_empty() { raw.text("username") } else { Some(name) };
        Some(Self { id: raw.whole("id").filter(|id| *id > 0)?, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use serde_json::json;

    #[test]
    fn scopes_are_what_was_left_ticked() {
        let some = Scopes::read("read,activity:read");
        assert!(some.reads_activities() && !some.has(Scope::ActivityReadAll));
        assert!(!Scopes::read("read").reads_activities());
        assert_eq!(Scopes::read(""), Scopes::default());
        let all = Scopes::read("activity:read_all read,activity:write,nonsense,read");
        assert_eq!(all.to_string(), "read,activity:read_all");
        assert_eq!(Scopes::read(&all.to_string()), all);
    }

    #[test]
    fn tokens_are_never_shown() {
        let tokens =
            Tokens::read(&json!({ "access_token": "SECRET-A", "refresh_token": "SECRET-R",
            "expires_at": 1_542_940_199, "expires_in": 21600 }));
        let tokens = tokens.unwrap();
        assert_eq!(tokens.access.expose_secret(), "SECRET-A");
        assert!(!format!("{tokens:?}").contains("SECRET"));
        assert!(Tokens::read(&json!({ "access_token": "a" })).is_none());
    }
}
