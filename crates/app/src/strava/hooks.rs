//! The application's one subscription to what Strava pushes.

use super::HOOK_PATH;
use crate::App;
use crate::error::{AppError, Result};
use crate::facts::hex;
use crate::measure::strava_asked;
use crate::random;
use hermes_store::sessions::TokenHash;

/// Longest secret and challenge that are looked at, in characters.
const WORD_MAX: usize = 200;

/// What Strava asks an address with, before it pushes to it.
#[derive(Debug, Clone, Default)]
pub struct Handshake {
    /// `subscribe`.
    pub mode: Option<String>,
    /// What the address must repeat.
    pub challenge: Option<String>,
    /// What this Hermes has told Strava.
    pub verify: Option<String>,
}

/// A request has ended; in words where it came to nothing.
fn asked<T>(answer: hermes_strava::client::Result<T>) -> Result<T> {
    strava_asked(answer).map_err(|error| AppError::Unreachable(error.to_string()))
}

impl App {
    /// Subscribes to what Strava pushes, at a new secret address below `public_url`; Strava's id
    /// of the subscription. An old one ends first: an application has one.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for an address that Strava cannot reach; [`AppError::Unreachable`]
    /// where Strava refuses.
    pub async fn subscribe_strava(&self, public_url: Option<&str>) -> Result<i64> {
        let strava = self.strava()?;
        let base = public_url.unwrap_or(&strava.public_url).trim_end_matches('/');
        let secret = hex(&random::bytes::<32>()?);
        let verify = hex(&random::bytes::<16>()?);
        let callback = format!("{base}{HOOK_PATH}{secret}");
        if let Some(old) = asked(strava.client.subscription().await)? {
            asked(strava.client.unsubscribe(old.id).await)?;
        }
        let (path, word, now) = (TokenHash::of(&secret), TokenHash::of(&verify), self.clock.now());
        // Strava asks the address while it is being told of it.
        self.store.begin_strava_subscription(&path, &word, now).await?;
        let answer = strava.client.subscribe(&callback, &verify.into()).await;
        match asked(answer) {
            Ok(subscription) => {
                self.store.confirm_strava_subscription(subscription.id).await?;
                Ok(subscription.id)
            }
            Err(error) => {
                self.store.drop_strava_subscription().await?;
                Err(error)
            }
        }
    }

    /// Ends the subscription; `false` where there was none.
    ///
    /// # Errors
    /// [`AppError::Unreachable`] where Strava refuses.
    pub async fn unsubscribe_strava(&self) -> Result<bool> {
        let strava = self.strava()?;
        let old = asked(strava.client.subscription().await)?;
        if let Some(old) = &old {
            asked(strava.client.unsubscribe(old.id).await)?;
        }
        self.store.drop_strava_subscription().await?;
        Ok(old.is_some())
    }

    /// Is this the secret part of the address that Strava was told?
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_strava_hook(&self, secret: &str) -> Result<bool> {
        if secret.len() > WORD_MAX {
            return Ok(false);
        }
        let known = self.store.strava_subscription().await?;
        Ok(known.is_some_and(|known| known.path_hash == TokenHash::of(secret)))
    }

    /// What to answer to Strava's question; `None` for one that is not Strava's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_handshake(&self, asked: &Handshake) -> Result<Option<String>> {
        let known = self.store.strava_subscription().await?;
        let word = asked.verify.as_deref().filter(|w| w.len() <= WORD_MAX);
        let right = match (known, word) {
            (Some(known), Some(word)) => known.verify_hash == TokenHash::of(word),
            _ => false,
        };
        let asks = right && asked.mode.as_deref() == Some("subscribe");
        Ok(asked.challenge.clone().filter(|c| asks && c.len() <= WORD_MAX))
    }
}
