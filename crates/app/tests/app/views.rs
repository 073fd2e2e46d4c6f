//! What pages are shown: weeks with what was run of them, versions, trends, and a Today that reads
//! what is kept.

use crate::world::{World, day};
use hermes_app::{DayView, Done, WeekView};
use hermes_engine::calendar::{Weekday, WeekdaySet};
use hermes_engine::record::{Ask, Preferences, RaceDistance};
use hermes_engine::session::Kind;
use hermes_engine::units::Metres;

/// A Monday.
const NOW: &str = "2026-03-02T07:00:00Z";

async fn week(w: &World, start: &str) -> WeekView {
    w.app.week(&w.runner, day(start)).await.unwrap().unwrap()
}

fn runs(week: &WeekView) -> Vec<&DayView> {
    week.days.iter().filter(|d| d.sessions.iter().any(|s| s.is_run())).collect()
}

/// A session that was run a day late is done, its own day says so, and the day of the run is no
/// unplanned one. After the week is planned anew its past days are still shown.
#[tokio::test]
async fn a_week_shows_what_was_run_of_each_session_wherever_it_was_run() {
    let w = World::published(NOW, 30).await;
    let before = week(&w, "2026-03-02").await;
    let is_free = |day| before.days.iter().any(|d| d.day == day && d.sessions.is_empty());
    let late = runs(&before).into_iter().find(|d| is_free(d.day + 1)).unwrap().clone();
    assert_eq!(late.done, Done::Upcoming);
    let (free, planned) = (late.day + 1, &late.sessions[0]);
    let km = planned.distance.0 as f64 / 1000.0;
    w.days(free - day("2026-03-02") + 1);
    w.runs(&[(9_001, free, km, planned.duration.0 / 60)]).await;
    w.app.replan(&w.runner, "a look").await.unwrap();
    let after = week(&w, "2026-03-02").await;
    let of = |day| after.days.iter().find(|d| d.day == day).unwrap();
    let scored = of(late.day).scored.as_ref().unwrap();
    assert_eq!((of(late.day).done, scored.shifted), (Done::Green, 1), "{scored:?}");
    assert_eq!(of(free).done, Done::Elsewhere);
    let first = runs(&before)[0];
    assert_eq!(of(first.day).done, Done::Missed);
    assert_eq!(of(first.day).sessions, first.sessions, "past days stay on the page");
    let kept: Metres = after.days.iter().flat_map(|d| &d.sessions).map(|s| s.distance).sum();
    assert_eq!(after.planned, kept, "the sum is that of the days shown");
    let volumes = w.app.volumes(&w.runner, day("2026-03-02"), 1).await.unwrap();
    assert_eq!((volumes[0].planned, volumes[0].done), (after.planned, after.done));
}

/// Many weeks at once are the same as one by one.
#[tokio::test]
async fn weeks_in_a_row_are_the_weeks_one_by_one() {
    let w = World::at(NOW).await;
    w.import(w.archive(3, "2026-03-02", 30)).await;
    w.app.replay(&w.runner, day("2026-01-05"), day("2026-02-23"), |_, _| {}).await.unwrap();
    w.app.publish(&w.runner).await.unwrap();
    let all = w.app.weeks(&w.runner, day("2025-12-29"), 12).await.unwrap();
    assert_eq!(all.len(), 12);
    for view in &all {
        assert_eq!(*view, week(&w, &view.week_start.to_string()).await);
    }
    assert!(all[0].plan.is_none() && all[1].plan.is_some() && all[11].plan.is_none());
    let due = all[1..9].iter().flat_map(runs);
    assert!(due.clone().count() > 20 && due.into_iter().all(|d| d.scored.is_some()));
}

/// The second look of a day reads what the first one planned; a new wish is followed at once, and a
/// new day is looked at anew.
#[tokio::test]
async fn today_reads_what_is_kept_and_follows_a_new_wish() {
    let w = World::published(NOW, 30).await;
    let first = w.app.today_view(&w.runner).await.unwrap();
    assert_eq!(w.app.today_view(&w.runner).await.unwrap(), first);
    assert!(runs(first.next.as_ref().unwrap()).len() > 3);
    let days = [Weekday::Tuesday, Weekday::Thursday, Weekday::Sunday];
    let run_days = days.into_iter().fold(WeekdaySet::NONE, WeekdaySet::with);
    let wish = Preferences { run_days, ..Preferences::default() };
    w.app.set_preferences(&w.runner, first.today, wish).await.unwrap();
    let next = w.app.today_view(&w.runner).await.unwrap().next.unwrap();
    assert!(runs(&next).iter().all(|d| days.contains(&d.day.weekday())), "{next:?}");
    let race = day("2026-03-15");
    let ask = w.app.add_goal(&w.runner, first.today, RaceDistance::K5, race, None, 2).await;
    ask.unwrap();
    let view = w.app.today_view(&w.runner).await.unwrap();
    let sunday = view.next.unwrap().days.pop().unwrap();
    assert_eq!(sunday.session().unwrap().kind, Kind::Race);
    assert_eq!(view.next_goal.unwrap().goal.day, race);
    w.days(7);
    let later = w.app.today_view(&w.runner).await.unwrap();
    assert_eq!(later.week.week_start, day("2026-03-09"));
    assert!(later.next.is_some());
    w.sound().await;
}

#[tokio::test]
async fn versions_are_kept_with_their_reasons() {
    let w = World::published(NOW, 30).await;
    let monday = day("2026-03-02");
    let on = runs(&week(&w, "2026-03-02").await)[0].day;
    w.app.edit(&w.runner, None, Ask::Skip { day: on }, Some("tired")).await.unwrap();
    let all = w.app.versions(&w.runner, monday).await.unwrap();
    assert_eq!(all.iter().map(|v| v.revision).collect::<Vec<_>>(), [1, 2]);
    assert!(all[0].sessions.iter().any(|s| s.day == on));
    assert!(all[1].sessions.iter().all(|s| s.day != on));
    assert_eq!(all[1].saved.0, monday);
    assert!(all[1].reason.as_deref().is_some_and(|r| r.starts_with("You asked to")), "{all:?}");
    assert_eq!(w.app.versions(&w.runner, monday - 700).await.unwrap(), []);
}

#[tokio::test]
async fn trends_cover_a_year_and_begin_with_the_first_run() {
    let w = World::at(NOW).await;
    assert_eq!(w.app.trends(&w.runner).await.unwrap().weeks.len(), 0, "nothing is known yet");
    w.import(w.archive(3, "2026-03-02", 30)).await;
    w.app.replay(&w.runner, day("2026-01-05"), day("2026-02-23"), |_, _| {}).await.unwrap();
    w.app.publish(&w.runner).await.unwrap();
    let t = w.app.trends(&w.runner).await.unwrap();
    assert!((30..=32).contains(&t.weeks.len()), "{}", t.weeks.len());
    assert_eq!(t.weeks.last().unwrap().week_start, day("2026-03-02"));
    let february = t.weeks.iter().find(|x| x.week_start == day("2026-02-02")).unwrap();
    assert!(february.planned > Metres::ZERO && february.done > Metres::km(30), "{february:?}");
    assert!(february.longest < february.done && february.phase == Some("Base"), "{february:?}");
    assert_eq!((t.days.len(), t.days.len() % 7), (182, 0));
    assert!(t.days.iter().filter(|d| d.done == Done::Green).count() > 10);
    assert_eq!(t.loads.last().unwrap().form.day, day("2026-03-02"));
    let steady = t.loads.last().unwrap().form;
    assert!(steady.fitness > 5_000 && steady.form().abs() < steady.fitness / 2, "{steady:?}");
    assert_eq!(t.distance, RaceDistance::K10);
    assert!(t.predicted.len() > 20 && t.predicted.iter().all(|p| p.made.low <= p.made.time));
    assert!(t.paces.iter().all(|p| p.runs > 0));
}
