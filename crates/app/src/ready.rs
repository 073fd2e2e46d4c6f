//! Can this process do its work just now?

use crate::App;
use hermes_store::StoreError;
use std::time::Duration;

/// How long the database may take to answer.
pub const READY_WITHIN: Duration = Duration::from_secs(2);

/// Why it cannot. The sentences name nothing of the installation: anyone may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unready {
    /// No answer in time.
    #[error("the database does not answer within {} s", READY_WITHIN.as_secs())]
    Slow,
    /// It fails.
    #[error("the database fails; the log says why")]
    Fails,
    /// Another version of Hermes has migrated it, or none has.
    #[error("the database has another schema than this Hermes")]
    Schema,
}

impl App {
    /// Does the database answer within [`READY_WITHIN`], with this program's schema?
    ///
    /// # Errors
    /// Why not; what exactly is in the log.
    pub async fn ready(&self) -> Result<(), Unready> {
        let look = async {
            let _turn = self.readiness.lock().await;
            self.store.schema_status().await?.check()
        };
        let why = match tokio::time::timeout(READY_WITHIN, look).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready");
                match error {
                    StoreError::Older { .. } | StoreError::Newer { .. } => Unready::Schema,
                    _ => Unready::Fails,
                }
            }
            Err(_) => {
                tracing::warn!(within = ?READY_WITHIN, "not ready: the database does not answer");
                Unready::Slow
            }
        };
        Err(why)
    }
}
