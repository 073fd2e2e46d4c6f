//! What a runner's app does beside planning: strikes are issued and resolved, check-ins opened. And
//! what the runner answers.

use crate::life::{Life, News};
use hermes_engine::calendar::Day;
use hermes_engine::check_in;
use hermes_engine::compliance::Compliance;
use hermes_engine::history::History;
use hermes_engine::record::{CheckIn, CheckInAnswer};
use hermes_engine::ruleset::{
    CHECK_IN_DAYS, L30_DAYS, OVERREACH_PATTERN_DAYS, RUN_SPIKE_PERMILLE, SPIKE_EXTRA,
};
use hermes_engine::step::Output;
use hermes_engine::strike;
use hermes_engine::units::Metres;

/// Days of check-ins that facts keep.
const CHECK_INS: i64 = 5 * CHECK_IN_DAYS;
/// A runner under a permanent limit sees a doctor about it once in so many days.
const DOCTOR: i64 = 60;

impl Life {
    /// What a step said of the state: entries into Overreach make a pattern.
    pub fn heard(&mut self, out: &Output) {
        let entered = |t: &&hermes_engine::assign::Transition| {
            t.to == hermes_engine::state::State::Overreach && t.from != t.to
        };
        self.overreaches.extend(out.transitions.iter().filter(entered).map(|t| t.day));
    }

    /// Strikes that are due or over, a check-in that opens or is answered.
    pub(crate) fn settle(&mut self, day: Day, week_start: Day, news: &mut News) {
        let spiked = self.spiked(day);
        news.replan |= spiked;
        if day == week_start || spiked || news.reported.is_some() {
            let h = History::new(&self.facts.activities, day);
            let oldest = day - OVERREACH_PATTERN_DAYS;
            self.overreaches.retain(|d| *d >= oldest);
            let due = strike::due(&self.facts, &self.overreaches, &h);
            news.replan |= !due.is_empty();
            self.facts.strikes.extend(due.into_iter().map(|new| new.strike));
            if day == week_start {
                self.ask(day, &h);
            }
        }
        self.answer(day, news);
        if self.facts.strikes.is_empty() {
            return;
        }
        let cleared = self.rng.once_in(DOCTOR);
        for end in strike::resolutions(&self.facts, cleared) {
            let s = &mut self.facts.strikes[end.index];
            s.resolved = s.resolved.or(end.resolved);
            if let Some(limit) = &mut s.limit {
                limit.lifted = limit.lifted.or(end.lifted);
            }
        }
    }

    /// Was yesterday's run far beyond the longest of the month?
    fn spiked(&self, day: Day) -> bool {
        let runs = || self.facts.activities.iter().rev().take_while(|a| a.day() >= day - L30_DAYS);
        let longest = |days: &dyn Fn(Day) -> bool| {
            let plain = runs().filter(|a| days(a.day()) && !a.race);
            plain.map(|a| a.distance).max().unwrap_or_default()
        };
        let before = longest(&|d| d < day - 1);
        let limit = before.permille(RUN_SPIKE_PERMILLE).max(before + SPIKE_EXTRA);
        before > Metres::ZERO && longest(&|d| d == day - 1) > limit
    }

    fn ask(&mut self, day: Day, h: &History) {
        self.facts.check_ins.retain(|c| c.day >= day - CHECK_INS);
        let k = Compliance::new(&self.facts, h);
        if let Some(open) = check_in::due(&self.facts, &k, h, day) {
            let (day, trigger) = (open.day, open.trigger);
            self.facts.check_ins.push(CheckIn { day, trigger, answer: None });
        }
    }

    /// An open check-in is answered in the runner's manner, some days late at times.
    fn answer(&mut self, day: Day, news: &mut News) {
        use CheckInAnswer::{Burnout, Busy, MotivationLoss, Other, PreferenceChange, Sick, Sore};
        let Some(open) = self.facts.check_ins.iter_mut().find(|c| c.answer.is_none()) else {
            return;
        };
        if !self.rng.chance(600) {
            return;
        }
        let answer = match (self.who.erratic, self.who.eager) {
            (true, _) => self.rng.pick(&[Busy, MotivationLoss, Other, Other, PreferenceChange]),
            (_, true) => self.rng.pick(&[Burnout, Sore, Other]),
            _ => self.rng.pick(&[Busy, Busy, Sick, Other]),
        };
        open.answer = Some((answer, day));
        news.replan = true;
    }
}
