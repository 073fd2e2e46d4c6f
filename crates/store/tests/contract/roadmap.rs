//! Roadmaps: a recompute keeps what has been.

use crate::harness::{at, day, on_both};
use hermes_engine::record::{Goal, RaceDistance};
use hermes_store::roadmap::{Milestone, NewPhase, PHASES_MAX, Phase, StoredPhase};
use hermes_store::value::{Decimal, Text};
use hermes_store::{Store, StoreError};
use uuid::Uuid;

/// `Base 2026-03-02 2026-03-29 20 30`: a phase with long-run milestones of 20 and 30 km.
fn phases(goal_id: Uuid, text: &str) -> Vec<NewPhase> {
    let phase = |(number, line): (usize, &str)| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let milestone = |km: &&str| Milestone {
            milestone_name: Text::new(format!("{km} km")).expect("fits"),
            target_date: day(words[2]),
            target_metric: Some("long_run_km".to_owned()),
            target_value: Decimal::new(km.parse::<i64>().expect("a number") * 100),
        };
        NewPhase {
            goal_id,
            phase: Phase {
                phase_number: i32::try_from(number).expect("small") + 1,
                phase_name: Text::new(words[0]).expect("fits"),
                start_date: day(words[1]),
                end_date: day(words[2]),
                target_volume_km: Decimal::new(5_000),
                focus: Some("Endurance".to_owned()),
            },
            milestones: words[3..].iter().map(milestone).collect(),
        }
    };
    text.lines().enumerate().map(phase).collect()
}

/// One line per phase; achieved milestones carry a `+`.
fn shown(roadmap: &[StoredPhase]) -> Vec<String> {
    let line = |p: &StoredPhase| {
        let mut line =
            format!("{} {} {}", p.phase.phase_name, p.phase.start_date, p.phase.end_date);
        for m in &p.milestones {
            let mark = if m.achieved { "+" } else { "" };
            let name = m.milestone.milestone_name.trim_end_matches(" km");
            line.push_str(&format!(" {mark}{name}"));
        }
        line
    };
    roadmap.iter().map(line).collect()
}

async fn runner_with_goal(store: &Store) -> (Uuid, Uuid) {
    let user = store.owner(at(0)).await.expect("owner").id;
    let (race, set_on) = (day("2026-09-06"), day("2026-03-02"));
    let goal = Goal { distance: RaceDistance::Half, day: race, time: None, priority: 1, set_on };
    let goal = store.add_goal(user, &goal, at(0)).await.expect("added");
    (user, goal.id)
}

const FIRST: &str = "Base 2026-03-02 2026-03-29 15
Build 2026-03-30 2026-04-26 18 20
Peak 2026-04-27 2026-05-10 22
Taper 2026-05-11 2026-05-24";

/// Past phases stay, the current one keeps its row and start, later ones are replaced, and what
/// was achieved is never lost.
#[tokio::test]
async fn a_recompute_keeps_what_has_been() {
    on_both(async |store| {
        let (user, goal) = runner_with_goal(&store).await;
        let replace = async |text: &str, today: &str| {
            let new = phases(goal, text);
            store.replace_roadmap(user, &new, day(today), at(1)).await.expect("saved");
            store.roadmap(user).await.expect("list")
        };
        let first = replace(FIRST, "2026-03-02").await;
        assert_eq!(shown(&first), FIRST.lines().collect::<Vec<_>>());
        assert!(first.iter().all(|p| p.goal_id == goal));

        for milestone in [&first[0].milestones[0], &first[1].milestones[1], &first[2].milestones[0]]
        {
            let on = day("2026-04-01");
            store.achieve_milestone(user, milestone.id, on, at(2)).await.expect("achieved");
        }
        let id = first[0].milestones[0].id;
        let twice = store.achieve_milestone(user, id, day("2026-04-01"), at(2)).await;
        assert!(matches!(twice, Err(StoreError::Missing("open milestone"))));

        let second = replace(
            "Base 2026-03-01 2026-04-01 15
Build 2026-04-06 2026-05-03 18 20 21
Peak 2026-05-04 2026-05-17 22 24",
            "2026-04-08",
        )
        .await;
        assert_eq!(
            shown(&second),
            [
                "Base 2026-03-02 2026-03-29 +15",
                "Build 2026-03-30 2026-05-03 +20 18 21 +22",
                "Peak 2026-05-04 2026-05-17 24",
            ]
        );
        assert_eq!(second[1].id, first[1].id);
        assert_eq!(second[1].milestones[0].achieved_date, Some(day("2026-04-01")));

        // No phase covers today any more: the current one ended yesterday.
        let third = replace("Build 2026-04-20 2026-05-03 25", "2026-04-15").await;
        assert_eq!(
            shown(&third),
            [
                "Base 2026-03-02 2026-03-29 +15",
                "Build 2026-03-30 2026-04-14 +20 +22",
                "Build 2026-04-20 2026-05-03 25",
            ]
        );
        // Replaced by nothing: what has not begun is gone.
        store.replace_roadmap(user, &[], day("2026-04-16"), at(3)).await.expect("saved");
        let last = store.roadmap(user).await.expect("list");
        assert_eq!(shown(&last), shown(&third[..2]));
    })
    .await;
}

/// The same recompute twice changes nothing that can be seen; an achieved milestone of a phase
/// that has not begun moves to the phase that stays.
#[tokio::test]
async fn a_recompute_twice_is_the_same() {
    on_both(async |store| {
        let (user, goal) = runner_with_goal(&store).await;
        let new = phases(goal, FIRST);
        let today = day("2026-03-04");
        for seconds in [1, 2, 3] {
            let saved = store.replace_roadmap(user, &new, today, at(seconds)).await;
            saved.expect("saved");
            let lines = shown(&store.roadmap(user).await.expect("list"));
            assert_eq!(lines, FIRST.lines().collect::<Vec<_>>());
        }
        let peak = store.roadmap(user).await.expect("list")[2].milestones[0].id;
        store.achieve_milestone(user, peak, today, at(4)).await.expect("achieved");
        store.replace_roadmap(user, &[], day("2026-03-01"), at(5)).await.expect("saved");
        let kept = shown(&store.roadmap(user).await.expect("list"));
        assert_eq!(kept, ["Peak 2026-04-27 2026-05-10 +22"], "without a home its phase stays");
        let before = phases(goal, "Base 2026-03-01 2026-03-20");
        store.replace_roadmap(user, &before, day("2026-03-01"), at(6)).await.expect("saved");
        let moved = shown(&store.roadmap(user).await.expect("list"));
        assert_eq!(moved, ["Base 2026-03-01 2026-03-20 +22"]);
    })
    .await;
}

/// Refused input leaves the roadmap as it was.
#[tokio::test]
async fn a_refused_recompute_leaves_the_old_one() {
    on_both(async |store| {
        let (user, goal) = runner_with_goal(&store).await;
        let today = day("2026-03-02");
        let new = phases(goal, FIRST);
        store.replace_roadmap(user, &new, today, at(1)).await.expect("saved");
        let mut bad = phases(goal, "Base 2026-03-02 2026-03-29 1\nBuild 2026-03-30 2026-04-26 2");
        bad[1].phase.focus = Some("Fun".to_owned());
        let outcome = store.replace_roadmap(user, &bad, today, at(2)).await;
        assert!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
        let outcome = store.replace_roadmap(user, &new, day("2027-01-01"), at(2)).await;
        outcome.expect("all new phases are past: nothing to add");
        let many = vec![new[0].clone(); PHASES_MAX as usize + 1];
        let outcome = store.replace_roadmap(user, &many, today, at(2)).await;
        assert!(matches!(outcome, Err(StoreError::TooMany { .. })), "{outcome:?}");
        let lines = shown(&store.roadmap(user).await.expect("list"));
        assert_eq!(lines, FIRST.lines().collect::<Vec<_>>());
        assert!(store.roadmap(Uuid::nil()).await.expect("list").is_empty());
    })
    .await;
}
