//! Runners who are connected to Strava: connections and tokens, the sync's place, what came from
//! the API and how long it may stay, the application's limits, webhooks, receipts of erasures.

pub mod connections;
pub mod hooks;
pub mod items;
pub mod quota;
pub mod removal;

/// How long what came from Strava's API may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retention {
    /// Seven days from when it was fetched.
    Week,
    /// As long as the runner likes; the operator holds Strava's permission.
    Keep,
}

impl Retention {
    /// `7d` or `keep`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Week => "7d",
            Self::Keep => "keep",
        }
    }
}

/// Words of a closed list as the database keeps them.
macro_rules! words {
    ($type:ty, $what:literal, $($each:expr),*) => {
        impl $crate::value::Value for $type {
            const NAME: &'static str = $what;
            const KIND: $crate::value::Kind = $crate::value::Kind::Text;
            fn to_scalar(&self) -> $crate::value::Scalar {
                $crate::value::Scalar::Text(self.name().to_owned())
            }
            fn from_scalar(scalar: $crate::value::Scalar) -> Option<Self> {
                let name = String::from_scalar(scalar)?;
                [$($each),*].into_iter().find(|each: &$type| each.name() == name)
            }
        }
    };
}
use words;

words!(Retention, "retention class", Self::Week, Self::Keep);

pub(crate) fn all_statements() -> Vec<(&'static str, String)> {
    [
        connections::all_statements(),
        hooks::all_statements(),
        items::statements(),
        quota::all_statements(),
        removal::statements(),
    ]
    .concat()
}
