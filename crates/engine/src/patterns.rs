//! Patterns in what was done of the plans of 28 days: found with their counts, answered with a
//! concrete offer, never imposed (section 13).

use crate::calendar::{Day, Weekday};
use crate::check_in::{Offer, fewer_days};
use crate::compliance::{Colour, Compliance, Scored, Sign, is_quality};
use crate::facts::Facts;
use crate::history::History;
use crate::ruleset as rs;
use crate::session::Kind;
use crate::units::{Metres, Units};
use serde::{Deserialize, Serialize};

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// So many.
    pub of_them: usize,
    /// Of so many.
    pub all: usize,
}

impl Count {
    fn of<'a>(all: impl Iterator<Item = &'a Scored>, is: impl Fn(&Scored) -> bool) -> Self {
        let mut count = Self { of_them: 0, all: 0 };
        for s in all {
            count.all += 1;
            count.of_them += usize::from(is(s));
        }
        count
    }

    /// Enough of them, and at least so many thousandths.
    fn reaches(self, permille: i64) -> bool {
        let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.all >= rs::PATTERN_LEAST
            && n(self.of_them).saturating_mul(1000) >= n(self.all) * permille
    }
}

/// A pattern with its evidence and what is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// Easy runs are skipped while quality is done.
    SkipsEasy {
        /// Easy runs missed.
        missed: Count,
        /// Quality sessions done.
        quality: Count,
        /// One run a week less, where that leaves enough.
        offer: Option<Offer>,
    },
    /// The sessions of one weekday are never run on it.
    WeekdayMissed {
        /// The weekday.
        weekday: Weekday,
        /// Its sessions, none of them run on it.
        missed: Count,
        /// The weekday that most of them were run on instead: offered as the run day. Without one
        /// the weekday is offered as a rest day.
        instead: Option<Weekday>,
    },
    /// Long runs are cut short.
    LongCut {
        /// Long runs that were done and cut short.
        cut: Count,
        /// The middle of what was run of them, offered as the next long run.
        offer: Metres,
    },
    /// More is done than planned.
    VolumeCreep {
        /// Easy runs done longer than planned.
        easy: Count,
        /// Weeks run bigger than planned.
        weeks: Count,
        /// The middle of what easy runs were planned as: offered as their cap.
        offer: Metres,
    },
}

impl Pattern {
    /// What was seen, and what is offered, in two sentences.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        match self {
            Self::SkipsEasy { missed, quality, offer } => {
                let offer = offer.as_ref().map_or_else(
                    || "Easy runs carry the hard ones: keep them, however short.".to_owned(),
                    |o| format!("We could plan {}", o.text(units)),
                );
                format!(
                    "{} of {} easy runs were missed, {} of {} quality sessions done. {offer}",
                    missed.of_them, missed.all, quality.of_them, quality.all
                )
            }
            Self::WeekdayMissed { weekday, missed, instead } => {
                let offer = match instead {
                    Some(day) => format!("We could plan {} instead.", day.name()),
                    None => format!("We could keep {} free.", weekday.name()),
                };
                format!(
                    "None of {} sessions planned on a {} was run on it. {offer}",
                    missed.all,
                    weekday.name()
                )
            }
            Self::LongCut { cut, offer } => format!(
                "{} of {} long runs were cut short. We could plan the next one at {}.",
                cut.of_them,
                cut.all,
                units.distance(*offer)
            ),
            Self::VolumeCreep { easy, weeks, offer } => format!(
                "{} of {} easy runs were longer than planned, {} of {} weeks bigger. We could \
                 remind you at {} on easy days: what they take is missing on hard ones.",
                easy.of_them,
                easy.all,
                weeks.of_them,
                weeks.all,
                units.distance(*offer)
            ),
        }
    }
}

/// The patterns of the 28 days before a day; none before there are plans for as many. Excused
/// sessions are left out.
#[must_use]
pub fn patterns(facts: &Facts, k: &Compliance, h: &History, at: Day) -> Vec<Pattern> {
    let from = at - rs::PATTERN_DAYS;
    if k.sessions.first().is_none_or(|s| s.planned.day > from + 6) {
        return Vec::new();
    }
    let sessions: Vec<&Scored> = k.between(from, at).iter().filter(|s| !s.excused).collect();
    let mut out: Vec<Pattern> = skips_easy(facts, &sessions).into_iter().collect();
    out.extend(Weekday::ALL.into_iter().filter_map(|day| weekday_missed(day, &sessions)));
    out.extend(long_cut(&sessions));
    out.extend(volume_creep(facts, h, &sessions, from, at));
    out
}

const fn is_easy(kind: Kind) -> bool {
    matches!(kind, Kind::Easy | Kind::Recovery)
}

fn skips_easy(facts: &Facts, sessions: &[&Scored]) -> Option<Pattern> {
    let of = |is: fn(Kind) -> bool| sessions.iter().copied().filter(move |s| is(s.planned.kind));
    let missed = Count::of(of(is_easy), Scored::missed);
    let quality = Count::of(of(is_quality), Scored::completed);
    (missed.reaches(rs::PATTERN_SHARE) && quality.reaches(rs::PATTERN_QUALITY))
        .then(|| Pattern::SkipsEasy { missed, quality, offer: fewer_days(facts) })
}

fn weekday_missed(weekday: Weekday, sessions: &[&Scored]) -> Option<Pattern> {
    let on = |s: &&Scored| s.planned.day.weekday() == weekday;
    let not_on_it = |s: &Scored| s.colour == Colour::Missed || s.shifted != 0;
    let missed = Count::of(sessions.iter().copied().filter(on), not_on_it);
    let others = Count::of(sessions.iter().copied().filter(|s| !on(s)), |s| !not_on_it(s));
    // One who runs on no day at all has another problem than a weekday.
    if missed.of_them < missed.all || missed.all < rs::PATTERN_LEAST || others.of_them == 0 {
        return None;
    }
    let mut seen = [0_usize; 7];
    for s in sessions.iter().filter(|s| on(s) && s.colour != Colour::Missed) {
        seen[usize::from((s.planned.day + s.shifted).weekday().number())] += 1;
    }
    let most = Weekday::ALL.into_iter().max_by_key(|d| seen[usize::from(d.number())]);
    let instead = most.filter(|d| 2 * seen[usize::from(d.number())] >= missed.all);
    Some(Pattern::WeekdayMissed { weekday, missed, instead })
}

fn long_cut(sessions: &[&Scored]) -> Option<Pattern> {
    let done = |s: &&Scored| s.planned.kind == Kind::Long && s.colour != Colour::Missed;
    let cut = Count::of(sessions.iter().copied().filter(done), |s| s.sign == Sign::Under);
    let run = sessions.iter().copied().filter(done).map(|s| s.distance);
    cut.reaches(rs::PATTERN_SHARE).then(|| Pattern::LongCut { cut, offer: middle(run) })
}

fn volume_creep(
    facts: &Facts,
    h: &History,
    sessions: &[&Scored],
    from: Day,
    at: Day,
) -> Option<Pattern> {
    let done = |s: &&Scored| is_easy(s.planned.kind) && s.colour != Colour::Missed;
    let easy = Count::of(sessions.iter().copied().filter(done), |s| s.sign == Sign::Over);
    let mut weeks = Count { of_them: 0, all: 0 };
    for p in facts.published.iter().filter(|p| p.week_start >= from && p.week_start + 7 <= at) {
        let planned: Metres = p.sessions.iter().map(|s| s.distance).sum();
        let run = h.metres(p.week_start, p.week_start + 7);
        weeks.all += 1;
        weeks.of_them += usize::from(run > planned.permille(rs::CREEP_WEEK));
    }
    if !easy.reaches(rs::PATTERN_SHARE) && weeks.of_them < rs::CREEP_WEEKS {
        return None;
    }
    let planned = sessions.iter().filter(|s| is_easy(s.planned.kind)).map(|s| s.planned.distance);
    Some(Pattern::VolumeCreep { easy, weeks, offer: middle(planned) })
}

/// The lower of the middle values, in whole steps of a plan.
fn middle(values: impl Iterator<Item = Metres>) -> Metres {
    let mut values: Vec<Metres> = values.collect();
    values.sort_unstable();
    let i = values.len().saturating_sub(1) / 2;
    values.get(i).copied().unwrap_or_default().floor_step()
}
