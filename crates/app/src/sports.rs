//! What an activity was: what its sources say, unless the runner says something else.
//!
//! The runner's word stands where the sources' was, so that whatever reads an activity reads it;
//! what the sources say is kept beside it, follows them, and counts again once the word is taken
//! back.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::import::{blocking, reading_of};
use hermes_engine::calendar::Day;
use hermes_engine::record::{Correction, Sport};
use hermes_formats::activity::Streams;
use hermes_formats::archive;
use hermes_store::activities::ActivityRow;
use hermes_store::readings::{Figures, Reading};
use hermes_store::sources::{ActivityKind, Retyped};
use hermes_store::value::Text;
use uuid::Uuid;

/// Most of a wrong name that is said again, in characters.
const SHOWN: usize = 40;

/// What an activity can be, by Strava's English names: what counts as running, then the rest.
#[must_use]
pub fn activity_types() -> (Vec<&'static str>, Vec<&'static str>) {
    archive::SPORT_TYPES.into_iter().partition(|name| archive::sport(name) == Sport::Run)
}

/// What points say of a run, of an activity whose points were not read as a run's.
pub(crate) fn read_as_run(streams: &Streams) -> Reading {
    reading_of(streams, Sport::Run, false)
}

/// What a name means; names are known as archives of Strava write them, in any of its languages.
fn kind_of(name: &str) -> Result<ActivityKind> {
    let known = archive::sport_type(name).and_then(kind);
    known.ok_or_else(|| {
        let shown: String = name.chars().take(SHOWN).collect();
        AppError::field(
            "type",
            format!(
                "\"{shown}\" is no kind of activity that Hermes knows; write one as Strava does, \
                 such as Run, TrailRun, VirtualRun, Ride, Walk or Swim"
            ),
        )
    })
}

fn kind(name: &str) -> Option<ActivityKind> {
    Some(ActivityKind { activity_type: Text::new(name)?, sport: archive::sport(name) })
}

impl App {
    /// The runner says what an activity was (`None`: its sources are right). Their word stays,
    /// whatever is imported later; one that says what the sources say is none. All that follows
    /// from it is worked out anew; with an activity that is no run any more its corrections end.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without such an activity, [`AppError::Conflict`] for a deleted one,
    /// [`AppError::Field`] for a name that is not known.
    pub async fn correct_type(
        &self,
        runner: &Runner,
        activity: i64,
        name: Option<&str>,
    ) -> Result<()> {
        let asked = name.map(kind_of).transpose()?;
        let row = self.live_activity(runner, activity).await?;
        let said = row.type_said.as_ref().unwrap_or(&row.activity_type);
        let word = asked.filter(|kind| kind.activity_type != *said);
        let stands = row.type_said.is_some().then_some(&row.activity_type);
        if word.as_ref().map(|kind| &kind.activity_type) == stands {
            return Ok(());
        }
        let by_hand = word.is_some();
        let sport = archive::sport(said.as_str());
        let kind = word.unwrap_or(ActivityKind { activity_type: said.clone(), sport });
        let (was, is) = (row.sport, kind.sport);
        let figures = match (was, is) {
            (Sport::Other, Sport::Run) => self.figures_of_run(runner, &row).await?,
            _ => None,
        };
        // A correction that ends with the run touches its session too.
        let day = row.start_date_local.day();
        let ended = self.about(runner, &Correction::Alone { activity }, Some(day)).await?;
        let to = Retyped { kind, by_hand, figures };
        self.store.retype_activity(runner.id, row.id, &to, self.clock.now()).await?;
        if was == is {
            return Ok(());
        }
        if is == Sport::Run {
            self.want_points(runner, &row).await?;
        }
        let touched = ended.iter().flat_map(crate::matches::days_of).fold(day, Day::min);
        self.follow(runner, touched, "you corrected what an activity was").await
    }

    /// What the engine is told of the points of an activity as a run, and the source that they
    /// are of; `None` without points.
    async fn figures_of_run(
        &self,
        runner: &Runner,
        row: &ActivityRow,
    ) -> Result<Option<(Uuid, Figures)>> {
        let Some(reading) = self.store.reading(runner.id, row.id).await? else { return Ok(None) };
        let source = reading.source_id;
        let read = move || {
            // Points that an older Hermes cannot read say nothing.
            let streams = Streams::decode(&reading.bytes).ok();
            Ok(streams.map(|streams| read_as_run(&streams).figures))
        };
        Ok(blocking(read).await?.map(|figures| (source, figures)))
    }
}
