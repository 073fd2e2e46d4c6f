//! The quality sessions that a week would like: the schedule's own, a time trial where the way asks
//! for one, a plain one where a phase wants quality and the schedule has none.

use crate::limits::Limits;
use crate::plan::{self, Brief};
use crate::record::RaceDistance;
use crate::ruleset;
use crate::session::{Kind, TemplateRef};
use crate::state::Phase;
use crate::templates::{Reps, Row, TargetPace};
use crate::units::{Metres, Pace, Seconds};
use crate::workout::Work;

/// A quality session the week would like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Its kind.
    pub(crate) kind: Kind,
    /// Its main part.
    pub(crate) work: Work,
    /// Its whole length.
    pub(crate) size: Metres,
    /// The printed length.
    pub(crate) printed: Option<Metres>,
    /// The row it comes from.
    pub(crate) template: Option<TemplateRef>,
}

impl Wish {
    fn new(b: &Brief<'_>, kind: Kind, work: Work) -> Self {
        let size = work.distance(&b.paces) + ruleset::QUALITY_AROUND;
        Self { kind, work, size, printed: None, template: None }
    }
}

/// Up to four wishes, most important first.
pub(crate) fn wishes(b: &Brief<'_>, l: &Limits) -> [Option<Wish>; 4] {
    let mut out = [None; 4];
    let mut n = 0;
    let mut add = |wish: Option<Wish>| {
        if let Some(slot) = out.get_mut(n).filter(|_| wish.is_some()) {
            *slot = wish;
            n += 1;
        }
    };
    if b.time_trial {
        let trial = Work::Steady(RaceDistance::K5.planned(), b.paces.k5);
        add(Some(Wish::new(b, Kind::TimeTrial, trial)));
    }
    // Quality asks for four Base weeks or as much history (`requires_base_building`).
    if let Some((id, _, week)) = b.schedule.filter(|_| b.based) {
        for kind in order(b.goal.map(|g| g.distance)) {
            for row in week.sessions.iter().filter(|r| r.kind == kind && !r.is_optional()) {
                add(wish(b, row, plan::reference(id, week, row)));
            }
        }
    }
    let wants = match b.phase {
        Phase::Build | Phase::Peak => b.based,
        Phase::Base => {
            b.based && l.windows.c4 >= ruleset::BASE_QUALITY_FROM && !plan::is_cutback(b, l)
        }
        Phase::Taper | Phase::Recovery => false,
    };
    if out[0].is_none() && wants {
        out[0] = Some(plain_wish(b, l));
    }
    out
}

/// Race-specific work first: the schedule's most characteristic kind for the distance.
const fn order(distance: Option<RaceDistance>) -> [Kind; 5] {
    match distance {
        Some(RaceDistance::Marathon | RaceDistance::Half) => {
            [Kind::Pace, Kind::Tempo, Kind::Interval, Kind::Hill, Kind::Fartlek]
        }
        _ => [Kind::Interval, Kind::Tempo, Kind::Pace, Kind::Hill, Kind::Fartlek],
    }
}

/// The runner's pace for what a schedule prints. No pace is set faster than interval pace: mile
/// pace is run at it.
fn pace_of(b: &Brief<'_>, printed: Option<TargetPace>) -> Pace {
    let p = &b.paces;
    match printed {
        Some(TargetPace::TenK) => p.k10,
        Some(TargetPace::FiveK) => p.k5,
        Some(TargetPace::Race) => b.goal.map_or(p.marathon, |g| p.race(g.distance)),
        _ => p.interval,
    }
}

fn wish(b: &Brief<'_>, row: &Row, template: TemplateRef) -> Option<Wish> {
    let p = &b.paces;
    let work = match row.kind {
        // A schedule's tempo minutes include an easy start and end; about half are at threshold.
        Kind::Tempo => match (row.minutes, row.distance) {
            (Some(m), _) => {
                Work::Threshold(Seconds::minutes((i64::from(m) * 45 / 100).clamp(8, 25)))
            }
            (None, Some(d)) => Work::Threshold(Seconds(p.threshold.time_for(d).0 / 2 / 60 * 60)),
            (None, None) => return None,
        },
        // Likewise: about half of it in faster stretches and as long easy ones.
        Kind::Fartlek => {
            let times = u8::try_from(row.minutes? / 2 / 4).unwrap_or(u8::MAX);
            play(b, times)
        }
        Kind::Interval | Kind::Hill => match row.reps? {
            Reps::Distance(times, d) => Work::Repeats(times, d, pace_of(b, row.printed_pace)),
            Reps::Hills(times) => {
                let (up, down) = ruleset::HILL_REPETITION;
                Work::Play(times, up, down, p.interval)
            }
        },
        Kind::Pace => {
            let whole = row.distance?;
            let at_pace = row.portion.map_or(whole - Metres(1600), |part| part.planned());
            Work::Steady(at_pace.max(Metres(2000)), pace_of(b, Some(TargetPace::Race)))
        }
        _ => return None,
    };
    let wish = Wish::new(b, row.kind, work);
    // Of a printed run only part of which is at pace, the rest is there too.
    let size = row.portion.and(row.distance).map_or(wish.size, |whole| whole.max(wish.size));
    Some(Wish { size, printed: row.distance, template: Some(template), ..wish })
}

/// Two minutes at threshold pace and two easy, in turn.
fn play(b: &Brief<'_>, times: u8) -> Work {
    let time = ruleset::FARTLEK_STRETCH;
    Work::Play(times, time, time, b.paces.threshold)
}

fn short_strides(b: &Brief<'_>) -> Wish {
    let (times, fast, easy) = ruleset::STRIDES;
    Wish::new(b, Kind::Fartlek, Work::Play(times, fast, easy, b.paces.interval))
}

/// What a week on the way to a race has where no other quality session fits.
pub(crate) fn strides(b: &Brief<'_>) -> Option<Wish> {
    let building = matches!(b.phase, Phase::Build | Phase::Peak) && b.based;
    building.then(|| short_strides(b))
}

fn plain_wish(b: &Brief<'_>, l: &Limits) -> Wish {
    // Every other week of Base: speed without strain.
    if b.phase == Phase::Base && b.week_start.epoch().div_euclid(7) % 2 == 0 {
        return short_strides(b);
    }
    if b.phase == Phase::Base || l.windows.c4 < ruleset::BASE_QUALITY_FROM {
        return Wish::new(b, Kind::Fartlek, play(b, ruleset::FARTLEK_STRETCHES));
    }
    Wish::new(b, Kind::Tempo, Work::Threshold(ruleset::TEMPO_PLAIN))
}
