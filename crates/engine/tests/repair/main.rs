//! Goal: on weeks of up to five sessions repair equals an exhaustive search under the order that
//! `repair` states: races, pins, sessions touched, metres lost, seconds at intensity lost, rank.
//! Method: broken weeks of hostile runners, with races, pins, injuries, illnesses and days that are
//! over; `reference.rs` looks for an allowed week that is better. `HERMES_TEST_WEEKS=50000` is the
//! long form.

mod broken;
#[path = "../length/mod.rs"]
mod length;
mod reference;

use hermes_engine::history::History;
use hermes_engine::limits::Limits;
use hermes_engine::repair::repair;
use hermes_engine::step::Prepared;
use length::weeks;
use reference::{Judge, Key, Verdict, taper_begins_inside};
use std::collections::BTreeMap;

/// What became of the weeks of some seeds.
#[derive(Default)]
struct Tally {
    /// Weeks by how many sessions repair touched.
    touched: BTreeMap<usize, u32>,
    /// Of them, weeks that were too much to look through.
    left: u32,
    checks: u64,
    vectors: u64,
    worse: Vec<u64>,
}

impl Tally {
    fn add(mut self, other: Self) -> Self {
        for (n, weeks) in other.touched {
            *self.touched.entry(n).or_default() += weeks;
        }
        self.left += other.left;
        self.checks += other.checks;
        self.vectors += other.vectors;
        self.worse.extend(other.worse);
        self
    }

    fn look(&mut self, seed: u64) {
        let Some(case) = broken::week(seed) else { return };
        let prepared = Prepared::new(&case.facts, case.plan.week_start);
        let h = History::new(&case.facts.activities, case.plan.first_day);
        let c = prepared.circumstances(&case.facts, &h);
        if taper_begins_inside(&c) {
            return;
        }
        let l = Limits::new(&c, &h);
        let paces = prepared.profile.paces;
        let (mended, changes) = repair(case.week.clone(), &case.emptied, &l, c.week_start, &paces);
        let mut judge = Judge::new(c, &l, case.plan, paces, case.week.clone(), &case.emptied);
        assert!(judge.allows(&mended), "seed {seed}: {mended:#?}");
        assert!(mended.iter().all(|s| !case.emptied.contains(&s.day)), "seed {seed}: {mended:#?}");
        if changes.is_empty() {
            assert_eq!(mended, case.week);
            return;
        }
        let key = Key::of_repair(&case.week, &mended, &changes, &paces);
        // Weeks with little to mend are many: a quarter of them is enough.
        if key.touched() < 3 && seed % 8 > 1 {
            return;
        }
        *self.touched.entry(key.touched()).or_default() += 1;
        match judge.better_than(&key) {
            Verdict::None => {}
            Verdict::TooMuch => self.left += 1,
            Verdict::Better(found, week) => {
                println!("seed {seed}: {key:?}, but {found:?}\n{changes:?}");
                for s in week {
                    println!("  {:?} {:?} {:?}", s.day, s.kind, s.distance);
                }
                self.worse.push(seed);
            }
        }
        self.checks += judge.checks;
        self.vectors += judge.vectors;
    }
}

#[test]
fn repair_equals_exhaustive_search() {
    let most = weeks(2_000);
    let look = |from: u64| {
        let mut tally = Tally::default();
        (from..=most).step_by(2).for_each(|seed| tally.look(seed));
        tally
    };
    let tally = std::thread::scope(|scope| {
        let halves = [1, 2].map(|from| scope.spawn(move || look(from)));
        halves.map(|half| half.join().unwrap()).into_iter().fold(Tally::default(), Tally::add)
    });
    let Tally { touched, left, checks, vectors, worse } = &tally;
    println!("touched {touched:?}, {left} too much, {checks} checks, {vectors} vectors");
    let several: u32 = touched.range(3..).map(|(_, weeks)| weeks).sum();
    assert!(u64::from(several) * 6 > most, "{several} with three and more");
    assert!(u64::from(*left) * 40 < most, "{left} of {most} left out");
    assert!(worse.is_empty(), "{worse:?}");
}
