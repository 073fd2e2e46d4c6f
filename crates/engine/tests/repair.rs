//! Goal: on weeks of up to five sessions repair equals an exhaustive search under the order of
//! section 10: no week that passes the checker touches less of what the runner fixed, then fewer
//! sessions, then loses less volume.
//! Method: random broken weeks of hostile runners; every change of one session, and of two every
//! pair of lengths that would lose less than repair did, judged by the checker. Nothing of
//! `repair.rs` is used for it.

mod length;

use hermes_engine::calendar::Day;
use hermes_engine::facts::Circumstances;
use hermes_engine::history::History;
use hermes_engine::limits::Limits;
use hermes_engine::repair::repair;
use hermes_engine::rules::check;
use hermes_engine::session::{Kind, Session, WeekPlan};
use hermes_engine::step::{Prepared, step};
use hermes_engine::units::Metres;
use hermes_engine::workout::{Paces, is_quality, plain, shorten};
use hermes_season::hostile::Runner;
use hermes_season::rng::Rng;
use length::weeks;

/// Breaks a week: runs longer, of another kind, moved, fixed.
fn broken(rng: &mut Rng, plan: &WeekPlan, paces: &Paces) -> Vec<Session> {
    let mut out: Vec<Session> =
        plan.sessions.iter().filter(|s| s.is_run()).take(5).cloned().collect();
    let all = rng.chance(400);
    for i in 0..out.len() {
        if out[i].kind == Kind::Race || !(all || rng.chance(400)) {
            continue;
        }
        let s = out[i].clone();
        let pinned = rng.chance(200);
        let km = Metres(s.distance.0.min(12_000) * rng.range(10, 22) / 10);
        let kind = if rng.chance(300) { Kind::Long } else { Kind::Easy };
        out[i] = Session { pinned, ..plain(s.day, kind, km, paces) };
        let day = plan.first_day + rng.range(0, plan.week_end() - plan.first_day);
        if rng.chance(300) && out.iter().all(|o| o.day != day) {
            out[i].day = day;
        }
    }
    out.sort_by_key(|s| s.day);
    out
}

struct Judge<'a> {
    c: Circumstances<'a>,
    plan: WeekPlan,
    paces: Paces,
    week: Vec<Session>,
}

impl Judge<'_> {
    fn allows(&mut self, sessions: &[Option<Session>]) -> bool {
        self.plan.sessions = sessions.iter().flatten().cloned().collect();
        self.plan.sessions.sort_by_key(|s| s.day);
        check(&self.c, &self.plan).is_empty()
    }

    /// What run `i` can become with a loss under `most`, by loss.
    fn options(&self, i: usize, most: Metres) -> Vec<(Metres, Option<Session>)> {
        let s = &self.week[i];
        let mut kinds = vec![s.clone()];
        if s.kind != Kind::Race && is_quality(s, self.paces.marathon) {
            kinds.push(Session {
                pinned: s.pinned,
                ..plain(s.day, Kind::Easy, s.distance, &self.paces)
            });
        }
        let free = |day: &Day| *day == s.day || self.week.iter().all(|o| o.day != *day);
        let days: Vec<Day> = (0..7)
            .map(|d| self.plan.week_start + d)
            .filter(|d| *d >= self.plan.first_day && free(d) && s.kind != Kind::Race)
            .collect();
        let mut out = vec![(s.distance, None)];
        for kind in &kinds {
            for n in (10..=s.distance.0 / 100).rev().map(|n| Metres(100 * n)) {
                let Some(made) = shorten(kind, n, &self.paces) else { continue };
                let lost = s.distance - made.distance;
                for day in &days {
                    out.push((lost, Some(Session { day: *day, ..made.clone() })));
                }
            }
        }
        out.retain(|(lost, option)| *lost < most && option.as_ref() != Some(s));
        out.sort_by_key(|(lost, _)| *lost);
        out
    }

    /// Is there an allowed week that changes exactly these and loses less than `most`?
    fn cheaper(&mut self, chosen: &[usize], most: Metres) -> Option<Metres> {
        let mut trial: Vec<Option<Session>> = self.week.iter().cloned().map(Some).collect();
        match *chosen {
            [i] => self.options(i, most).into_iter().find_map(|(lost, option)| {
                trial[i] = option;
                self.allows(&trial).then_some(lost)
            }),
            [i, j] => {
                let (a, b) = (self.options(i, most), self.options(j, most));
                for (x, first) in &a {
                    trial[i].clone_from(first);
                    for (y, second) in b.iter().take_while(|(y, _)| *x + *y < most) {
                        let day = |s: &Option<Session>| s.as_ref().map(|s| s.day);
                        if day(first).is_some() && day(first) == day(second) {
                            continue;
                        }
                        trial[j].clone_from(second);
                        if self.allows(&trial) {
                            return Some(*x + *y);
                        }
                    }
                }
                None
            }
            _ => None,
        }
    }
}

#[test]
fn repair_equals_exhaustive_search() {
    let (mut seen, mut pairs, mut worse) = (0, 0, Vec::new());
    for seed in 1..=weeks(600) {
        let mut runner = Runner::hostile(seed);
        runner.fate();
        let mut rng = Rng(seed);
        let facts = runner.known(0);
        let w = runner.week;
        let out = step(&facts, w);
        if out.plan.sessions.iter().filter(|s| s.is_run()).count() < 2 {
            continue;
        }
        let prepared = Prepared::new(&facts, w);
        let h = History::new(&facts.activities, out.plan.first_day);
        let c = prepared.circumstances(&facts, &h);
        let l = Limits::new(&c, &h);
        let paces = prepared.profile.paces;
        let week = broken(&mut rng, &out.plan, &paces);
        let (mended, changes) = repair(week.clone(), &l, w, &paces);
        let mut judge = Judge { c, plan: out.plan, paces, week: week.clone() };
        let trial: Vec<Option<Session>> = mended.iter().cloned().map(Some).collect();
        assert!(judge.allows(&trial), "seed {seed}: {:#?}", check(&judge.c, &judge.plan));
        if changes.is_empty() {
            assert_eq!(mended, week);
            continue;
        }
        seen += 1;
        let km = |s: &[Session]| s.iter().map(|s| s.distance).sum::<Metres>();
        let lost = km(&week) - km(&mended);
        let is_changed = |s: &Session| changes.iter().any(|r| r.day == s.day);
        let pinned = week.iter().filter(|s| s.pinned && is_changed(s)).count();
        let all = Metres(i64::MAX);
        let n = week.len();
        let subsets =
            (0..n).map(|i| vec![i]).chain((0..n).flat_map(|i| (i + 1..n).map(move |j| vec![i, j])));
        for chosen in subsets {
            let fixed = chosen.iter().filter(|&&i| week[i].pinned).count();
            let most = match (fixed, chosen.len()).cmp(&(pinned, changes.len())) {
                std::cmp::Ordering::Greater => continue,
                std::cmp::Ordering::Equal => lost,
                // Fewer would do at any loss; of pairs those up to 2.5 km are looked at.
                std::cmp::Ordering::Less if chosen.len() == 1 => all,
                std::cmp::Ordering::Less => Metres(2_500),
            };
            pairs += usize::from(chosen.len() == 2);
            let most = if chosen.len() == 2 { most.min(Metres(2_500)) } else { most };
            if let Some(found) = judge.cheaper(&chosen, most) {
                println!("seed {seed}: {chosen:?} loses {found:?}; repair {lost:?}: {changes:?}");
                worse.push(seed);
            }
        }
    }
    println!("{seen} repaired, {pairs} pairs looked at, worse: {worse:?}");
    assert!(seen > 100 && worse.is_empty());
}
