//! Codes, access tokens and refresh tokens of the one application.

use super::dice::Dice;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How long a code can be exchanged.
const CODE: SignedDuration = SignedDuration::from_mins(10);
/// How long an access token works.
const ACCESS: SignedDuration = SignedDuration::from_hours(6);
/// A token with more than this left is handed out again.
const REUSE: SignedDuration = SignedDuration::from_hours(1);

/// What an application may ask for.
pub(super) const SCOPES: [&str; 7] = [
    "read",
    "read_all",
    "profile:read_all",
    "profile:write",
    "activity:read",
    "activity:read_all",
    "activity:write",
];

/// The scopes of an athlete's consent.
pub(super) type Scopes = BTreeSet<String>;

#[derive(Debug, Clone)]
struct Code {
    athlete: i64,
    scopes: Scopes,
    until: Timestamp,
}

/// What one athlete has consented to, and the tokens in force.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) scopes: Scopes,
    access: String,
    expires: Timestamp,
    refresh: String,
}

impl Grant {
    pub(super) fn has(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }
}

/// A pair of tokens as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) athlete: i64,
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) expires: Timestamp,
}

/// Everything that has been handed out.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    dice: Dice,
    codes: BTreeMap<String, Code>,
    grants: BTreeMap<i64, Grant>,
    /// Access tokens that still work, older ones too.
    access: BTreeMap<String, (i64, Timestamp)>,
}

impl Tokens {
    pub(super) fn new(seed: u64) -> Self {
        let (codes, grants, access) = Default::default();
        Self { dice: Dice::of(seed, [9, 9]), codes, grants, access }
    }

    pub(super) fn grant(&self, athlete: i64) -> Option<&Grant> {
        self.grants.get(&athlete)
    }

    pub(super) fn connected(&self) -> usize {
        self.grants.len()
    }

    /// A code for what an athlete left ticked; `read` is always among it.
    pub(super) fn new_code(&mut self, athlete: i64, mut scopes: Scopes, now: Timestamp) -> String {
        scopes.insert("read".to_owned());
        self.codes.retain(|_, code| code.until > now);
        let code = self.dice.token();
        let until = later(now, CODE);
        self.codes.insert(code.clone(), Code { athlete, scopes, until });
        code
    }

    /// Uses a code up.
    pub(super) fn exchange(&mut self, code: &str, now: Timestamp) -> Option<Pair> {
        let code = self.codes.remove(code).filter(|code| now < code.until)?;
        let same = self.grants.get(&code.athlete).is_some_and(|g| g.scopes == code.scopes);
        if !same {
            let grant = Grant {
                scopes: code.scopes,
                access: String::new(),
                expires: now,
                refresh: self.dice.token(),
            };
            self.grants.insert(code.athlete, grant);
        }
        self.pair(code.athlete, now)
    }

    /// Exchanges a refresh token. A new one comes with a new access token, unless it is `kept`;
    /// the old one is dead at once.
    pub(super) fn refresh(&mut self, refresh: &str, kept: bool, now: Timestamp) -> Option<Pair> {
        let (&athlete, grant) = self.grants.iter_mut().find(|(_, g)| g.refresh == refresh)?;
        if !kept && !is_fresh(grant, now) {
            grant.refresh = self.dice.token();
        }
        self.pair(athlete, now)
    }

    /// The tokens of an athlete, with a new access token where the present one is not fresh.
    fn pair(&mut self, athlete: i64, now: Timestamp) -> Option<Pair> {
        let grant = self.grants.get_mut(&athlete)?;
        if !is_fresh(grant, now) {
            grant.access = self.dice.token();
            grant.expires = later(now, ACCESS);
            self.access.retain(|_, (_, until)| *until > now);
            self.access.insert(grant.access.clone(), (athlete, grant.expires));
        }
        Some(Pair {
            athlete,
            access: grant.access.clone(),
            refresh: grant.refresh.clone(),
            expires: grant.expires,
        })
    }

    /// Whose access token this is, if it works.
    pub(super) fn athlete(&self, access: &str, now: Timestamp) -> Option<i64> {
        let (athlete, until) = self.access.get(access)?;
        (now < *until).then_some(*athlete)
    }

    /// Whose access or refresh token this is, expired or not.
    pub(super) fn owner(&self, token: &str) -> Option<i64> {
        let known = |g: &Grant| g.access == token || g.refresh == token;
        let granted = self.grants.iter().find(|(_, g)| known(g)).map(|(athlete, _)| *athlete);
        granted.or_else(|| self.access.get(token).map(|(athlete, _)| *athlete))
    }

    /// Ends all that an athlete has consented to; whether there was anything.
    pub(super) fn revoke(&mut self, athlete: i64) -> bool {
        self.access.retain(|_, (owner, _)| *owner != athlete);
        self.codes.retain(|_, code| code.athlete != athlete);
        self.grants.remove(&athlete).is_some()
    }

    /// Makes an athlete's refresh token one that nobody has; whether there was one.
    pub(super) fn spoil(&mut self, athlete: i64) -> bool {
        let token = self.dice.token();
        let grant = self.grants.get_mut(&athlete);
        grant.map(|grant| grant.refresh = token).is_some()
    }
}

fn is_fresh(grant: &Grant, now: Timestamp) -> bool {
    later(now, REUSE) < grant.expires
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
