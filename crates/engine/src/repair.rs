//! Smallest change first: fewest sessions touched, then least volume lost, then least intensity
//! lost; pinned sessions last. Always ends: a rest week passes every rule.

use crate::calendar::Day;
use crate::decision::{Change, Repair, Rule};
use crate::limits::Limits;
use crate::ruleset;
use crate::session::{Kind, Session};
use crate::trim;
use crate::units::{Metres, Seconds};
use crate::workout::{self, Paces};

/// Most sessions that the search touches at once; beyond it sessions are left out by rank.
const MOST_TOUCHED: u32 = 3;

/// A week being repaired.
struct Bench<'a> {
    l: &'a Limits,
    w: Day,
    paces: &'a Paces,
}

/// The repaired sessions and what was changed. Nothing is changed in a week without a breach.
#[must_use]
pub fn repair(
    sessions: Vec<Session>,
    l: &Limits,
    w: Day,
    paces: &Paces,
) -> (Vec<Session>, Vec<Repair>) {
    let bench = Bench { l, w, paces };
    let Some(rule) = bench.breach(&sessions) else { return (sessions, Vec::new()) };
    for pinned_too in [false, true] {
        for touched in 1..=MOST_TOUCHED {
            if let Some(found) = bench.search(&sessions, touched, pinned_too, rule) {
                return found;
            }
        }
    }
    bench.leave_out(sessions, rule)
}

/// A candidate: what it loses, the sessions, the changes.
type Found = ((Metres, Seconds, u32), Vec<Session>, Vec<Repair>);

impl Bench<'_> {
    /// The best week that differs from `sessions` in exactly `touched` of them.
    fn search(
        &self,
        sessions: &[Session],
        touched: u32,
        pinned_too: bool,
        rule: Rule,
    ) -> Option<(Vec<Session>, Vec<Repair>)> {
        let n = u32::try_from(sessions.len()).unwrap_or(0).min(14);
        let mut best: Option<Found> = None;
        for mask in (0_u32..1 << n).filter(|m| m.count_ones() == touched) {
            let chosen: Vec<usize> = (0..n as usize).filter(|i| mask & (1 << i) != 0).collect();
            let untouchable =
                |s: &Session| s.kind == Kind::Cross && touched > 1 || (s.pinned && !pinned_too);
            if chosen.iter().any(|&i| untouchable(&sessions[i])) {
                continue;
            }
            self.try_actions(sessions, &chosen, rule, &mut best);
        }
        best.map(|(_, sessions, repairs)| (sessions, repairs))
    }

    /// Tries each combination of actions on the chosen sessions.
    fn try_actions(
        &self,
        sessions: &[Session],
        chosen: &[usize],
        rule: Rule,
        best: &mut Option<Found>,
    ) {
        let options: Vec<Vec<Option<Session>>> =
            chosen.iter().map(|&i| self.options(sessions, i, chosen.len() == 1)).collect();
        let mut pick = vec![0_usize; chosen.len()];
        loop {
            let mut week: Vec<Option<Session>> = sessions.iter().cloned().map(Some).collect();
            for (k, &i) in chosen.iter().enumerate() {
                week[i].clone_from(&options[k][pick[k]]);
            }
            self.offer(sessions, chosen, week, rule, best);
            let Some(k) = (0..pick.len()).find(|&k| pick[k] + 1 < options[k].len()) else { return };
            pick[k] += 1;
            pick[..k].fill(0);
        }
    }

    /// What can be done with one session: easy, moved (alone), left out. Its length follows.
    fn options(&self, sessions: &[Session], i: usize, alone: bool) -> Vec<Option<Session>> {
        let s = &sessions[i];
        let mut out = vec![Some(s.clone())];
        if s.kind != Kind::Race && workout::is_quality(s, self.paces.marathon) {
            let easy = workout::plain(s.day, Kind::Easy, s.distance, self.paces);
            out.push(Some(Session { why: s.why.clone(), template: s.template, ..easy }));
        }
        if alone && s.is_run() && s.kind != Kind::Race {
            for d in self.l.first..7 {
                let day = self.w + d as i64;
                if sessions.iter().all(|o| o.day != day) {
                    out.push(Some(Session { day, ..s.clone() }));
                }
            }
        }
        out.push(None);
        out
    }

    /// Takes the week if it is allowed, at the largest lengths of the chosen sessions that are.
    fn offer(
        &self,
        before: &[Session],
        chosen: &[usize],
        week: Vec<Option<Session>>,
        rule: Rule,
        best: &mut Option<Found>,
    ) {
        // One session by steps of 0.1 km, several together by 2 %.
        let alone = chosen.len() == 1;
        let longest = chosen.iter().filter_map(|&i| week[i].as_ref()).map(|s| s.distance.0).max();
        let steps = if alone { longest.unwrap_or(0).clamp(0, 100_000) / 100 } else { 50 };
        for step in 0..=steps {
            let mut sized = week.clone();
            for &i in chosen {
                let Some(s) = &sized[i] else { continue };
                if s.kind == Kind::Race || !s.is_run() {
                    continue;
                }
                let cap = usize::try_from(s.day - self.w)
                    .ok()
                    .and_then(|n| self.l.days.get(n))
                    .map_or(Metres::ZERO, |d| d.run);
                let most = s.distance.min(cap);
                let to = if alone {
                    most.floor_step() - Metres(100 * step)
                } else {
                    most.permille(1000 - 20 * step)
                };
                let to = if step == 0 { most } else { to };
                sized[i] = if to >= s.distance {
                    Some(s.clone())
                } else {
                    workout::shorten(s, to, self.paces).filter(|s| s.distance.0 >= 1000)
                };
            }
            let mut after: Vec<Session> = sized.iter().flatten().cloned().collect();
            after.sort_by_key(|s| s.day);
            if self.breach(&after).is_some() {
                continue;
            }
            let cost = self.cost(before, &after, chosen);
            if best.as_ref().is_none_or(|(c, ..)| cost < *c) {
                let repairs = chosen
                    .iter()
                    .filter_map(|&i| changed(&before[i], sized[i].as_ref(), rule))
                    .collect();
                *best = Some((cost, after, repairs));
            }
            return;
        }
    }

    /// Volume lost, intensity lost, rank touched: Long Run over quality over easy.
    fn cost(
        &self,
        before: &[Session],
        after: &[Session],
        chosen: &[usize],
    ) -> (Metres, Seconds, u32) {
        let km = |w: &[Session]| w.iter().map(|s| s.distance).sum::<Metres>();
        let hard = |w: &[Session]| {
            let each = |s| workout::intensity(s, self.paces.threshold, self.paces.marathon);
            w.iter().map(each).sum::<Seconds>()
        };
        let rank = chosen.iter().map(|&i| self.rank(&before[i])).sum();
        (km(before) - km(after), hard(before) - hard(after), rank)
    }

    fn rank(&self, s: &Session) -> u32 {
        match s.kind {
            Kind::Race => 4,
            Kind::Long => 3,
            _ if workout::is_quality(s, self.paces.marathon) => 2,
            Kind::Cross => 0,
            _ => 1,
        }
    }

    /// Leaves sessions out, lowest rank first, until nothing is breached.
    fn leave_out(&self, mut sessions: Vec<Session>, rule: Rule) -> (Vec<Session>, Vec<Repair>) {
        let mut repairs = Vec::new();
        while self.breach(&sessions).is_some() {
            let lowest = (0..sessions.len())
                .min_by_key(|&i| (sessions[i].pinned, self.rank(&sessions[i]), i));
            let Some(i) = lowest else { break };
            let gone = sessions.remove(i);
            repairs.extend(changed(&gone, None, rule));
        }
        (sessions, repairs)
    }

    /// The first rule that the week breaks, as the generator sees it.
    fn breach(&self, sessions: &[Session]) -> Option<Rule> {
        self.breach_of_days(sessions)
            .or_else(|| self.breach_of_spacing(sessions))
            .or_else(|| self.breach_of_sums(sessions))
    }

    fn breach_of_days(&self, sessions: &[Session]) -> Option<Rule> {
        let mut bits = u32::from(self.l.run_days);
        let mut planned = 0_u32;
        for s in sessions {
            let i = usize::try_from(s.day - self.w).ok().filter(|i| *i < 7)?;
            let room = &self.l.days[i];
            if !s.is_run() {
                continue;
            }
            if i < self.l.first || (bits | planned) & (1 << (i + 6)) != 0 {
                return Some(Rule::H15);
            }
            planned |= 1 << (i + 6);
            if s.kind == Kind::Race {
                if let Some(rule) = room.race_barred {
                    return Some(rule);
                }
                continue;
            }
            if s.distance > room.run || room.time.is_some_and(|t| s.duration > t) {
                return Some(room.by);
            }
            if self.l.ladder && (s.kind != Kind::Return || (bits | planned) & (1 << (i + 5)) != 0) {
                return Some(Rule::H09);
            }
            if workout::is_quality(s, self.paces.marathon)
                && let Some(rule) = room.quality_barred
            {
                return Some(rule);
            }
        }
        bits |= planned;
        let crowded = (0..7).any(|from| {
            let window = 0x7f << from;
            planned & window != 0 && (bits & window).count_ones() > self.l.run_days_max
        });
        crowded.then_some(Rule::H05)
    }

    fn breach_of_spacing(&self, sessions: &[Session]) -> Option<Rule> {
        let long = trim::longest(sessions).filter(|&i| {
            sessions[i].duration >= ruleset::LONG_RUN_FROM
                && sessions[i].distance > self.l.done_longest
        });
        if let Some(i) = long {
            let room = self.l.days[usize::try_from(sessions[i].day - self.w).unwrap_or(0).min(6)];
            if !workout::is_quality(&sessions[i], self.paces.marathon)
                && let Some(rule) = room.long_barred
            {
                return Some(rule);
            }
        }
        let hard =
            |i: usize| Some(i) == long || workout::is_quality(&sessions[i], self.paces.marathon);
        let days: Vec<(i64, bool)> = (0..sessions.len())
            .filter(|&i| hard(i))
            .map(|i| (sessions[i].day - self.w, sessions[i].kind == Kind::Race))
            .collect();
        // Two races are never a breach: they are not moved.
        for (k, a) in days.iter().enumerate() {
            if days[k + 1..].iter().any(|b| (b.0 - a.0).abs() < 2 && !(a.1 && b.1)) {
                return Some(Rule::H03);
            }
        }
        let races = sessions.iter().filter(|s| s.kind == Kind::Race).count() as u32;
        let runs = sessions.iter().filter(|s| s.is_run()).count() as u32;
        let done = (self.l.run_days >> 6).count_ones();
        let longest = trim::longest(sessions).map_or(Metres::ZERO, |i| sessions[i].distance);
        let done_bits = self.l.hard_bits(longest);
        let hard_days = days.len() as u32 + (done_bits >> 6).count_ones();
        let quality = (0..sessions.len())
            .filter(|&i| workout::is_quality(&sessions[i], self.paces.marathon))
            .count() as u32;
        if days.len() as u32 > races && hard_days > self.l.hard_max(runs + done) {
            return Some(Rule::H04);
        }
        (quality > races && quality > self.l.quality_max).then_some(Rule::H14)
    }

    fn breach_of_sums(&self, sessions: &[Session]) -> Option<Rule> {
        let plain = |s: &&Session| s.is_run() && s.kind != Kind::Race;
        let race_km: Metres =
            sessions.iter().filter(|s| s.kind == Kind::Race).map(|s| s.distance).sum();
        let km: Metres = sessions.iter().filter(plain).map(|s| s.distance).sum();
        let (room, rule) = self.l.week_room(race_km);
        if km > room {
            return Some(rule);
        }
        for b in &self.l.blocks {
            let inside = |s: &&Session| (b.from..=b.to).contains(&(s.day - self.w));
            let sum: Metres =
                sessions.iter().filter(plain).filter(inside).map(|s| s.distance).sum();
            if sum > b.room {
                return Some(b.rule);
            }
        }
        let time: Seconds = sessions.iter().filter(plain).map(|s| s.duration).sum();
        let hard: Seconds = sessions
            .iter()
            .map(|s| workout::intensity(s, self.paces.threshold, self.paces.marathon))
            .sum();
        if hard > time.permille(self.l.intensity).max(ruleset::INTENSITY_FLOOR) {
            return Some(Rule::H06);
        }
        let longest = trim::longest(sessions)?;
        let s = &sessions[longest];
        let runs = sessions.iter().filter(|s| s.is_run()).count() as u32
            + (self.l.run_days >> 6).count_ones();
        let week = km + race_km + self.l.done.0 + self.l.done.1;
        let share = trim::long_share(week);
        let over_share = runs >= 2 && s.distance > ruleset::LONG_SHARE_OVER && s.distance > share;
        let over = s.distance > ruleset::LONG_MAX || s.duration > ruleset::LONG_MAX_TIME;
        (over_share || over).then_some(Rule::H07)
    }
}

/// What became of a session; `None` if nothing.
fn changed(before: &Session, after: Option<&Session>, rule: Rule) -> Option<Repair> {
    let change = match after {
        None => Change::Dropped,
        Some(a) if a.day != before.day => Change::Moved(a.day),
        Some(a) if a.kind != before.kind => Change::MadeEasy(a.distance),
        Some(a) if a.distance != before.distance => Change::Shortened(a.distance),
        Some(_) => return None,
    };
    let Session { day, kind, distance, .. } = *before;
    Some(Repair { rule, day, kind, before: distance, change })
}
