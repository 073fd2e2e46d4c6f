//! Requests that may be sent again: what was done once is answered again, not done again.
//!
//! A request with a key is claimed for a while before it is done, and its answer kept for a day. If
//! the process dies in between, the claim runs out and the request is done again; every use case
//! that is asked this way finds out that it was done already, so nothing is doubled.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use hermes_store::repeats::Repeatable;
pub use hermes_store::repeats::{BODY_MAX, Claim, Claimed};
use jiff::SignedDuration;

/// How long an answer is kept.
pub const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long a request may be worked on; a request is given up sooner.
pub const CLAIM_LEASE: SignedDuration = SignedDuration::from_secs(60);

impl App {
    /// Claims a request by its key, or says what became of it.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for an address that is longer than any there is.
    pub async fn claim_request(
        &self,
        runner: &Runner,
        key: &str,
        operation: &str,
        body: &[u8],
    ) -> Result<Claimed> {
        let request = Repeatable::of(key, operation, body)
            .ok_or_else(|| AppError::BadInput("this address is too long".to_owned()))?;
        let now = self.clock.now();
        let times = (now + CLAIM_LEASE, now - ANSWERS_KEPT);
        Ok(self.store.claim_repeatable(runner.id, &request, times, now).await?)
    }

    /// Keeps the answer to a claimed request.
    ///
    /// # Errors
    /// When it is larger than [`BODY_MAX`] bytes or the claim has run out.
    pub async fn answer_request(&self, claim: &Claim, status: u16, body: &str) -> Result<()> {
        Ok(self.store.answer_repeatable(claim, i32::from(status), body).await?)
    }

    /// Gives a claim back: the request was not done and may be tried again at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_request(&self, claim: &Claim) -> Result<()> {
        Ok(self.store.release_repeatable(claim).await?)
    }

    /// Deletes answers that are kept no longer; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_requests(&self) -> Result<u64> {
        Ok(self.store.forget_repeatables(self.clock.now() - ANSWERS_KEPT).await?)
    }
}
