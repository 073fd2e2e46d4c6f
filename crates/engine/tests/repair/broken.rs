//! Weeks that break rules.

use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::record::{Goal, HealthRecord, HealthType, RaceDistance};
use hermes_engine::session::{Kind, Session, WeekPlan};
use hermes_engine::step::{Prepared, step};
use hermes_engine::units::{Metres, Seconds};
use hermes_engine::workout::{Paces, Work, plain, quality};
use hermes_season::hostile::{Runner, record};
use hermes_season::rng::Rng;

/// A broken week, with the plan that it was made from.
pub(crate) struct Case {
    pub(crate) facts: Facts,
    pub(crate) plan: WeekPlan,
    pub(crate) week: Vec<Session>,
    /// Days to which nothing may be moved.
    pub(crate) emptied: Vec<Day>,
}

/// The week of a seed; `None` where its plan has no two runs.
pub(crate) fn week(seed: u64) -> Option<Case> {
    let mut runner = Runner::hostile(seed);
    runner.fate();
    let mut rng = Rng(seed);
    let w = runner.week;
    if rng.chance(150) {
        let distance = rng.pick(&RaceDistance::ALL);
        let (day, priority) = (w + rng.range(0, 9), rng.small(1, 3));
        runner.facts.goals.push(Goal { distance, day, time: None, priority, set_on: w - 60 });
    }
    // The generator locks more for these than the checker knows of.
    let known = |r: &HealthRecord| !r.symptoms.chest_pain && r.kind != HealthType::Fatigue;
    runner.facts.health.retain(known);
    // Long histories only make the checker slower.
    if rng.chance(750) {
        runner.facts.activities.retain(|a| a.day() >= w - 140);
    }
    let later = if rng.chance(250) { rng.range(1, 3) } else { 0 };
    let mut facts = runner.known(later);
    let plan = step(&facts, w).plan;
    if plan.sessions.iter().filter(|s| s.is_run()).count() < 2 {
        return None;
    }
    // What is reported only now: the plan was made without it.
    if rng.chance(200) {
        facts.health.push(record(&mut rng, w));
        facts.health.retain(|r| r.day <= facts.as_of && known(r));
    }
    let paces = Prepared::new(&facts, w).profile.paces;
    let week = broken(&mut rng, &plan, &paces);
    let mut emptied: Vec<Day> = (0..7).map(|d| w + d).collect();
    emptied.retain(|day| week.iter().all(|s| s.day != *day) && rng.chance(200));
    Some(Case { facts, plan, week, emptied })
}

/// Runs longer, of another kind, on other days, fixed; at times two more.
fn broken(rng: &mut Rng, plan: &WeekPlan, paces: &Paces) -> Vec<Session> {
    let mut out: Vec<Session> =
        plan.sessions.iter().filter(|s| s.is_run()).take(5).cloned().collect();
    let days = plan.week_end() - plan.first_day;
    let free = |rng: &mut Rng, out: &[Session]| {
        let day = plan.first_day + rng.range(0, days);
        out.iter().all(|o| o.day != day).then_some(day)
    };
    for _ in 0..2 {
        if out.len() < 5
            && rng.chance(500)
            && let Some(day) = free(rng, &out)
        {
            out.push(plain(day, Kind::Easy, Metres(100 * rng.range(20, 120)), paces));
        }
    }
    let all = rng.chance(900);
    for i in 0..out.len() {
        if out[i].kind == Kind::Race || !(all || rng.chance(400)) {
            continue;
        }
        let s = out[i].clone();
        let pinned = rng.chance(200);
        let km = Metres(s.distance.0.min(14_000) * rng.range(10, 22) / 10);
        out[i] = Session { pinned, ..of_any_kind(rng, s.day, km, paces) };
        if rng.chance(300)
            && let Some(day) = free(rng, &out)
        {
            out[i].day = day;
        }
    }
    out.sort_by_key(|s| s.day);
    out
}

fn of_any_kind(rng: &mut Rng, day: Day, km: Metres, p: &Paces) -> Session {
    let minutes = rng.range(8, 40);
    let work = match rng.range(0, 15) {
        0 => Some((Kind::Tempo, Work::Threshold(Seconds::minutes(minutes)))),
        1 => Some((Kind::Interval, Work::Repeats(rng.small(3, 8), Metres(800), p.interval))),
        2 => Some((Kind::Pace, Work::Steady(km.permille(600).floor_step(), p.marathon))),
        3 => {
            let (on, off) = (Seconds(60), Seconds(90));
            Some((Kind::Fartlek, Work::Play(rng.small(3, 15), on, off, p.k10)))
        }
        _ => None,
    };
    let hard = work.and_then(|(kind, work)| quality(day, kind, km, work, p));
    let kind = rng.pick(&[Kind::Easy, Kind::Easy, Kind::Long, Kind::Recovery]);
    hard.unwrap_or_else(|| plain(day, kind, km, p))
}
