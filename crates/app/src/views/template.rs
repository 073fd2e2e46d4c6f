//! The printed session that a planned one was made from.

use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use hermes_engine::calendar::Day;
use hermes_engine::session::Kind;
use hermes_engine::units::Metres;
use hermes_store::templates::Template;

/// A session of a schedule, and how far it may be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateView {
    /// What it is called.
    pub name: String,
    /// Its schedule, with the author.
    pub schedule: Option<String>,
    /// Its week there.
    pub week: Option<i32>,
    /// What it is there.
    pub kind: Option<Kind>,
    /// `fixed_km`, `time_based`, or nothing for a share of the long run.
    pub given_by: Option<String>,
    /// Its length there, where it has one.
    pub distance: Option<Metres>,
    /// The shortest and the longest that it may become.
    pub distances: Option<(Metres, Metres)>,
    /// Its minutes there, where it is timed.
    pub minutes: Option<i32>,
    /// The fewest and the most that they may become.
    pub minutes_between: Option<(i32, i32)>,
    /// Its share of the week's long run, per cent.
    pub percent_of_long_run: Option<i32>,
    /// The zone of its main part.
    pub zone: Option<String>,
    /// The first and the last week of its schedule in which it may be used.
    pub weeks: Option<(i32, i32)>,
    /// Only once a base is built.
    pub after_base: bool,
}

impl From<Template> for TemplateView {
    fn from(t: Template) -> Self {
        let between = t.min_distance_km.zip(t.max_distance_km);
        Self {
            name: t.template_name.to_string(),
            schedule: t.source_plan.map(|plan| plan.to_string()),
            week: t.source_week,
            kind: Kind::parse(&t.workout_type),
            given_by: t.distance_type,
            distance: t.base_distance_km.map(|km| km.from_km()),
            distances: between.map(|(least, most)| (least.from_km(), most.from_km())),
            minutes: t.base_duration_minutes,
            minutes_between: t.min_duration_minutes.zip(t.max_duration_minutes),
            percent_of_long_run: t.percent_of_long_run,
            zone: t.intensity_zone,
            weeks: t.min_week_number.zip(t.max_week_number),
            after_base: t.requires_base_building,
        }
    }
}

impl App {
    /// The session of a schedule that the planned one of a day and a kind was made from; `None` for
    /// one that was made without.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn template_of(
        &self,
        runner: &Runner,
        day: Day,
        kind: Kind,
    ) -> Result<Option<TemplateView>> {
        let found = self.store.template_of(runner.id, day, kind.name()).await?;
        Ok(found.map(TemplateView::from))
    }
}
