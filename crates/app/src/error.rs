//! What can go wrong in a use case: one clear sentence each, fit for the runner.

use hermes_formats::archive::ArchiveError;
use hermes_formats::backup::BackupError;
use hermes_store::StoreError;

/// The result of a use case.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

/// What a caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The input was wrong; the sentence says what would be right.
    BadInput,
    /// What was asked for is not there.
    NotFound,
    /// Something else is going on.
    Conflict,
    /// The database is away or full; trying again later may help.
    Unavailable,
    /// Another server said no or nothing; the sentence says what to do.
    Elsewhere,
    /// A fault of Hermes itself.
    Internal,
}

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// Wrong input.
    #[error("{0}")]
    BadInput(String),
    /// A wrong value, and which one it is, by the name that forms have for it.
    #[error("{sentence}")]
    Field {
        /// `day`, `time`, `weekly_cap` ...
        field: &'static str,
        /// What is wrong, and what would be right.
        sentence: String,
    },
    /// Not there.
    #[error("{0}")]
    NotFound(String),
    /// Something else is going on.
    #[error("{0}")]
    Conflict(String),
    /// The archive cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The backup cannot be read or written.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Strava, or another server that was asked.
    #[error("{0}")]
    Unreachable(String),
    /// A fault of Hermes itself.
    #[error("{0}; this is a fault of Hermes, please report it")]
    Internal(String),
}

impl AppError {
    pub(crate) fn field(field: &'static str, sentence: impl Into<String>) -> Self {
        Self::Field { field, sentence: sentence.into() }
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::BadInput(_)
            | Self::Field { .. }
            | Self::Archive(_)
            | Self::Backup(_)
            | Self::Store(StoreError::Nul | StoreError::TooMany { .. }) => Kind::BadInput,
            Self::NotFound(_) | Self::Store(StoreError::Missing(_)) => Kind::NotFound,
            Self::Conflict(_)
            | Self::Store(StoreError::Conflict { .. } | StoreError::LeaseLost) => Kind::Conflict,
            Self::Unreachable(_) => Kind::Elsewhere,
            Self::Store(_) => Kind::Unavailable,
            Self::Internal(_) => Kind::Internal,
        }
    }
}
