//! Tokens: sealed in the database, renewed by one process at a time, written before they are used.

use super::calls::{Stop, meaning};
use super::{ConnectionState, Strava};
use crate::App;
use crate::error::{AppError, Result};
use crate::measure;
use crate::secrets::Place;
use hermes_store::secrets::SecretColumn;
use hermes_store::strava::connections::{SealedTokens, StoredTokens};
use hermes_strava::client::{Cause, Tokens};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// A token with less time left than this is renewed. Below an hour Strava gives a new one.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_mins(30);
/// How long a renewal may take before another process tries it.
const RENEWAL_LEASE: SignedDuration = SignedDuration::from_secs(90);
/// How often somebody else's renewal is looked at before this job comes back later.
const LOOKS_MAX: u32 = 150;
/// Time between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// How often new tokens are written before they are given up: they exist nowhere else. That is
/// ten minutes.
const SAVES_MAX: u32 = 65;
/// Least and most time between two tries to write them; it doubles.
const SAVE_AGAIN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// Why there is no way back where Strava has replaced a token and nobody has its successor: Strava
/// ends the old one with the answer that holds the new one.
const LOST: &str = "Hermes was cut off while the permission was being renewed, and Strava does not \
                    accept the old one any more; connect to Strava again, nothing else is lost";

/// A token that is good, as far as is known.
pub(super) struct Token {
    pub(super) access: SecretString,
    /// The number of its pair.
    pub(super) version: i64,
}

/// What became of a renewal.
enum Renewed {
    /// The pair has a successor.
    Yes,
    /// Strava refuses the refresh token, and there is no successor.
    Refused(String),
}

fn place(column: SecretColumn, user: Uuid) -> Place {
    Place { column, user }
}

impl Strava {
    pub(super) fn seal(&self, user: Uuid, tokens: &Tokens) -> Result<SealedTokens> {
        let access = self.keys.seal(place(SecretColumn::AccessToken, user), &tokens.access)?;
        let refresh = self.keys.seal(place(SecretColumn::RefreshToken, user), &tokens.refresh)?;
        Ok(SealedTokens { access, expires_at: tokens.expires_at, refresh })
    }

    /// The tokens of a pair; without an access token, the refresh token serves for both.
    pub(super) fn unseal(&self, user: Uuid, stored: &StoredTokens) -> Result<Tokens> {
        let refresh =
            self.keys.open(place(SecretColumn::RefreshToken, user), &stored.refresh_token)?;
        let access = match stored.access_token.as_deref().filter(|t| !t.is_empty()) {
            Some(envelope) => self.keys.open(place(SecretColumn::AccessToken, user), envelope)?,
            None => refresh.clone(),
        };
        let expires_at = stored.access_token_expires_at.unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Tokens { access, expires_at, refresh })
    }
}

impl App {
    /// A good access token. One that Strava refused is named by its pair's number: it is renewed,
    /// however long it would be good.
    pub(super) async fn strava_token(
        &self,
        strava: &Arc<Strava>,
        user: Uuid,
        refused: Option<i64>,
    ) -> Result<Token, Stop> {
        for _ in 0..LOOKS_MAX {
            let Some(stored) = self.store.strava_tokens(user).await? else {
                return Err(Stop::NotConnected);
            };
            if stored.state == ConnectionState::NeedsReauth {
                return Err(Stop::Reauth(stored.state_reason.unwrap_or_default()));
            }
            let (now, version) = (self.clock.now(), stored.token_version);
            let good = stored.access_token_expires_at.is_some_and(|at| at > now + RENEWED_BEFORE);
            if good && refused.is_none_or(|refused| version > refused) {
                let Tokens { access, .. } = strava.unseal(user, &stored)?;
                return Ok(Token { access, version });
            }
            let until = now + RENEWAL_LEASE;
            let claim = self.store.claim_strava_refresh(user, version, now, until).await?;
            let Some(claim) = claim else {
                // Somebody else is at it; what they get is good for all.
                tokio::time::sleep(LOOK).await;
                continue;
            };
            match self.renew_strava(strava, user, stored, claim).await? {
                Renewed::Yes => {}
                Renewed::Refused(why) => return Err(Stop::Reauth(why)),
            }
        }
        let at = self.clock.now() + RENEWAL_LEASE;
        Err(Stop::Later(at, "the permission at Strava is being renewed".to_owned()))
    }

    /// Asks Strava whether a permission still stands. `false`: it refuses to renew it.
    pub(super) async fn strava_permission_stands(
        &self,
        strava: &Arc<Strava>,
        user: Uuid,
    ) -> Result<bool, Stop> {
        let Some(stored) = self.store.strava_tokens(user).await? else {
            return Err(Stop::NotConnected);
        };
        if stored.state == ConnectionState::NeedsReauth {
            return Ok(false);
        }
        let now = self.clock.now();
        let version = stored.token_version;
        let claim = self.store.claim_strava_refresh(user, version, now, now + RENEWAL_LEASE);
        let Some(claim) = claim.await? else {
            let at = now + SignedDuration::from_secs(10);
            return Err(Stop::Later(at, "the permission at Strava is being renewed".to_owned()));
        };
        Ok(matches!(self.renew_strava(strava, user, stored, claim).await?, Renewed::Yes))
    }

    /// Renews a pair. A task of its own: whoever asked may be dropped half-way, and the new tokens
    /// must not be lost with them.
    async fn renew_strava(
        &self,
        strava: &Arc<Strava>,
        user: Uuid,
        stored: StoredTokens,
        claim: Uuid,
    ) -> Result<Renewed, Stop> {
        let (app, strava) = (self.clone(), strava.clone());
        let work = async move { app.renew_claimed(&strava, user, &stored, claim).await };
        let broke = |_| AppError::Internal("renewing a permission broke off".to_owned());
        tokio::spawn(work).await.map_err(broke)?
    }

    async fn renew_claimed(
        &self,
        strava: &Strava,
        user: Uuid,
        stored: &StoredTokens,
        claim: Uuid,
    ) -> Result<Renewed, Stop> {
        let version = stored.token_version;
        let old = strava.unseal(user, stored)?;
        let answer = strava.client.refresh(&old.refresh).await;
        let error = match measure::strava_asked(answer) {
            Ok(answer) => {
                self.save_tokens(user, version, &strava.seal(user, &answer.value)?).await?;
                self.note(&answer.limits).await?;
                return Ok(Renewed::Yes);
            }
            Err(error) => error,
        };
        let now = self.clock.now();
        if error.cause() != Some(&Cause::RefreshToken) {
            // Without an answer nobody knows whether Strava has replaced the token.
            let sure = error.cause().is_some_and(|cause| *cause != Cause::Broken);
            self.store.release_strava_refresh(user, claim, (!sure).then_some(now)).await?;
            return Err(match meaning(&error) {
                // The token was not asked about, so it is not what is wrong.
                Stop::Reauth(why) => Stop::Retry(why),
                Stop::NotFound => Stop::Retry(error.to_string()),
                other => other,
            });
        }
        // Noted only where nobody has written a successor meanwhile: then it is that one that
        // counts.
        let why = if stored.refresh_until.is_some() { LOST.to_owned() } else { error.to_string() };
        if self.store.strava_needs_reauth(user, version, &why, now).await? {
            tracing::warn!(runner = %user, "Strava refuses to renew a permission");
            return Ok(Renewed::Refused(why));
        }
        Ok(Renewed::Yes)
    }

    /// Writes new tokens, and goes on trying while the database is away.
    async fn save_tokens(&self, user: Uuid, version: i64, tokens: &SealedTokens) -> Result<()> {
        let (mut wait, most) = SAVE_AGAIN;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.store.save_strava_tokens(user, version, tokens, self.clock.now()).await {
                Ok(_) => return Ok(()),
                Err(error) if tries == SAVES_MAX => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(runner = %user, %error, "new tokens cannot be written yet");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(most);
                }
            }
        }
    }
}
