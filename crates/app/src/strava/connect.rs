//! Connecting and disconnecting.

use super::calls::{Purpose, Stop};
use super::{CALLBACK_PATH, OfRunner, Reason, Receipt, Strava, Terms};
use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::facts::hex;
use crate::jobs::Job;
use crate::measure;
use crate::random;
use hermes_store::sessions::TokenHash;
use hermes_store::strava::connections::{Connected, NewConnection};
use hermes_store::value::Text;
use hermes_strava::client::{Grant, Scopes, Span};
use jiff::SignedDuration;
use secrecy::SecretString;

/// The version of the text that a runner agrees to before connecting.
const CONSENT_VERSION: &str = "2026-11-23";
/// How long a runner may take at Strava.
const STATE_KEPT: SignedDuration = SignedDuration::from_mins(30);

/// What a runner comes back with.
#[derive(Debug, Clone, Default)]
pub struct Callback {
    /// What the runner was sent with.
    pub state: Option<String>,
    /// The code to exchange.
    pub code: Option<SecretString>,
    /// What was left ticked.
    pub scope: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// What became of disconnecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnected {
    /// What was erased here.
    pub receipt: Receipt,
    /// Why the permission could not be given back at Strava, where it could not.
    pub not_revoked: Option<String>,
}

impl App {
    /// What a runner agrees to by connecting: paragraphs.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where Strava is off.
    pub fn strava_consent(&self) -> Result<Vec<String>> {
        let strava = self.strava()?;
        let stays = match strava.terms {
            Terms::Week => {
                "What comes from Strava is erased here seven days after it was fetched, with the \
                 figures made of it. Import your own files or your Strava archive to keep a run."
            }
            Terms::Keep(_) => {
                "What comes from Strava stays here until you disconnect; who runs this Hermes has \
                 stated that Strava permits it."
            }
        };
        let said = [
            "Hermes reads your activities at Strava: times, distances, heart rate, the recorded \
             points of runs, titles and your effort ratings. It uses them to plan your training, \
             shows them to you alone and writes nothing to Strava.",
            stays,
            "You can disconnect at any time, here or at strava.com/settings/apps. Everything that \
             came from Strava's API is then erased at once, and you get a receipt. Runs that you \
             imported from files stay. What you delete or hide at Strava goes here too, within two \
             days.",
        ];
        Ok(said.map(str::to_owned).to_vec())
    }

    /// Notes that the runner agrees and gives the address at Strava to go to.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where Strava is off.
    pub async fn begin_strava(&self, runner: &Runner) -> Result<String> {
        let strava = self.strava()?;
        let (state, now) = (hex(&random::bytes::<32>()?), self.clock.now());
        let version = Text::new(CONSENT_VERSION).unwrap_or_default();
        let (hash, until) = (TokenHash::of(&state), now + STATE_KEPT);
        self.store.begin_strava(runner.id, &hash, &version, until, now).await?;
        let again = self.store.strava_connection(runner.id).await?.is_some();
        let back = format!("{}{CALLBACK_PATH}", strava.public_url);
        Ok(strava.client.authorize_url(&back, &state, again))
    }

    /// Takes a runner who comes back from Strava, and begins to read what they did.
    ///
    /// # Errors
    /// [`AppError::BadInput`] or [`AppError::Conflict`], in words for the runner, where nobody is
    /// connected now who was not before.
    pub async fn finish_strava(&self, runner: &Runner, back: &Callback) -> Result<()> {
        let strava = self.strava()?;
        let wrong = |text: &str| Err(AppError::BadInput(text.to_owned()));
        let state = TokenHash::of(back.state.as_deref().unwrap_or_default());
        let consent = self.store.use_strava_state(runner.id, &state, self.clock.now()).await?;
        let Some(consent) = consent else {
            return wrong(
                "this way back from Strava was used already, is older than half an hour or is not \
                 yours; press \"Connect with Strava\" again",
            );
        };
        let code = match (&back.code, back.error.as_deref()) {
            (Some(code), None) => code,
            (_, Some("access_denied")) => {
                return wrong("you did not grant the permission, so nothing was connected");
            }
            _ => return wrong("Strava sent no permission; press \"Connect with Strava\" again"),
        };
        let scopes = Scopes::read(back.scope.as_deref().unwrap_or_default());
        if !scopes.reads_activities() {
            return wrong(
                "the box \"View data about your activities\" was not ticked, so Hermes could read \
                 no runs and nothing was connected; connect again and leave it ticked",
            );
        }
        let answer = measure::strava_asked(strava.client.exchange(code).await);
        let grant = answer.map_err(|e| AppError::Unreachable(e.to_string()))?.value;
        self.refuse_what_is_elsewhere(&strava, runner, &grant).await?;
        let connection = NewConnection {
            athlete: grant.athlete.id,
            name: grant
                .athlete
                .name
                .and_then(|n| Text::new(n.chars().take(255).collect::<String>())),
            scopes: Text::new(scopes.to_string()).unwrap_or_default(),
            consent,
            tokens: strava.seal(runner.id, &grant.tokens)?,
        };
        match self.store.connect_strava(runner.id, &connection, self.clock.now()).await? {
            Connected::Yes => {
                tracing::info!(runner = %runner.id, "connected to Strava");
                self.kick(&Job::StravaBackfill(OfRunner { user: runner.id })).await
            }
            // The permission is not given back: it is the other runner's too.
            Connected::OtherRunner => Err(AppError::Conflict(
                "this Strava account is connected to another runner of this Hermes; disconnect it \
                 there first, or sign out at Strava and in with your own"
                    .to_owned(),
            )),
            Connected::OtherAthlete => Err(AppError::Conflict(
                "you are connected as another athlete; disconnect first, which erases what came \
                 from there"
                    .to_owned(),
            )),
        }
    }

    /// An activity is in one account only. Where the newest of an athlete are in another one,
    /// which imported them, nothing is connected and the permission is given back. Where Strava
    /// cannot be asked now, the sync finds it and says so ([`App::strava_status`]).
    async fn refuse_what_is_elsewhere(
        &self,
        strava: &Strava,
        runner: &Runner,
        grant: &Grant,
    ) -> Result<()> {
        let known = self.store.strava_connection_of(grant.athlete.id).await?;
        if known.is_some() || self.reserve(Purpose::News).await.is_err() {
            return Ok(());
        }
        let access = &grant.tokens.access;
        let page = strava.client.activities(access, Span::default(), 1).await;
        let Ok(page) = measure::strava_asked(page) else { return Ok(()) };
        self.note(&page.limits).await.ok();
        let ids: Vec<i64> = page.value.activities.iter().map(|a| a.id).collect();
        let elsewhere = self.store.strava_elsewhere(runner.id, &ids).await?.len();
        if elsewhere == 0 {
            return Ok(());
        }
        let revoked = strava.client.revoke(&grant.tokens).await;
        let given_back = match measure::strava_asked(revoked) {
            Ok(_) => String::new(),
            Err(error) => format!(
                " (the permission could not be given back: {error}; remove Hermes at \
                 strava.com/settings/apps)"
            ),
        };
        Err(AppError::Conflict(format!(
            "nothing was connected: of the newest {} activities of this Strava account {elsewhere} \
             are in another account of this Hermes, and an activity is in one account only; \
             connect from that account, or take its imports back first{given_back}",
            ids.len()
        )))
    }

    /// Looks for news now, and goes on with what is missing.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where Strava is off, the runner is not connected, or has to connect
    /// again.
    pub async fn sync_strava(&self, runner: &Runner) -> Result<()> {
        self.strava()?;
        let Some(connection) = self.store.strava_connection(runner.id).await? else {
            return Err(AppError::Conflict("you are not connected to Strava".to_owned()));
        };
        if connection.state == super::ConnectionState::NeedsReauth {
            return Err(AppError::Conflict(connection.state_reason.unwrap_or_default()));
        }
        let of = OfRunner { user: runner.id };
        self.kick(&Job::StravaPoll(of)).await?;
        self.kick(&Job::StravaBackfill(of)).await
    }

    /// Gives the permission back and erases everything that came from Strava's API. It is erased
    /// also where Strava cannot be reached.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where the runner is not connected; when the database fails.
    pub async fn disconnect_strava(&self, runner: &Runner) -> Result<Disconnected> {
        let Some(stored) = self.store.strava_tokens(runner.id).await? else {
            return Err(AppError::Conflict("you are not connected to Strava".to_owned()));
        };
        let not_revoked = match self.strava() {
            Ok(strava) => self.revoke(&strava, runner, &stored).await.err(),
            Err(off) => Some(off.to_string()),
        };
        let receipt = self.erase_strava(runner, Reason::Disconnected).await?;
        Ok(Disconnected { receipt, not_revoked })
    }

    async fn revoke(
        &self,
        strava: &Strava,
        runner: &Runner,
        stored: &hermes_store::strava::connections::StoredTokens,
    ) -> Result<(), String> {
        let tokens = strava.unseal(runner.id, stored).map_err(|e| e.to_string())?;
        let revoked = strava.client.revoke(&tokens).await;
        measure::strava_asked(revoked).map(drop).map_err(|e| e.to_string())
    }

    /// Erases, and works out anew what follows from what is left.
    pub(super) async fn erase_strava(&self, runner: &Runner, reason: Reason) -> Result<Receipt> {
        let receipt = self.store.erase_strava(runner.id, reason, self.clock.now()).await?;
        measure::strava_erased(&receipt);
        let (gone, stay) = (receipt.activities, receipt.rehomed);
        tracing::info!(runner = %runner.id, reason = reason.name(), gone, stay, "erased");
        let first = receipt.first_day.unwrap_or_else(|| self.today(runner));
        self.follow(runner, first, "what came from Strava was erased").await?;
        Ok(receipt)
    }

    /// The receipts of a runner, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_receipts(&self, runner: &Runner) -> Result<Vec<Receipt>> {
        Ok(self.store.strava_receipts(runner.id).await?)
    }

    /// The runner of a job; `None` for an account that is gone.
    pub(super) async fn synced_runner(&self, user: uuid::Uuid) -> Result<Runner, Stop> {
        self.runner(user).await?.ok_or(Stop::NotConnected)
    }
}
