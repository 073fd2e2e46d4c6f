//! Makes a week: target, sessions, sizes and days. What it makes is meant to pass the hard rules;
//! `repair` and the checker see to it that nothing else is published.

use crate::assign::{Care, Ease};
use crate::bootcamp::{self, Bootcamp};
use crate::calendar::{Day, Weekday};
use crate::decision::{Measure, Rule, Why};
use crate::edit::Wishes;
use crate::level::Choice;
use crate::limits::Limits;
use crate::place;
use crate::record::{Goal, Preferences, RaceDistance};
use crate::ruleset;
use crate::session::{Kind, Session, TemplateRef};
use crate::state::{Phase, Risk, State};
use crate::templates::{Row, Schedule, ScheduleId, ScheduleWeek};
use crate::trim;
use crate::units::{Metres, Pace, Seconds};
use crate::wish;
use crate::workout::{self, Paces};

/// What a week is made from, beside its limits.
#[derive(Debug, Clone, Copy)]
pub struct Brief<'a> {
    /// The state and the risk level that the runner would have without any health record.
    pub well: (State, Risk),
    /// What safety states take of the week beyond the hard rules, without any health record.
    pub care: Care,
    /// What eases the week beyond the hard rules.
    pub ease: Option<Ease>,
    /// First day of the week.
    pub week_start: Day,
    /// The state.
    pub state: State,
    /// The phase.
    pub phase: Phase,
    /// The goal the week works for.
    pub goal: Option<&'a Goal>,
    /// Weeks to that goal's race week.
    pub weeks_to_race: Option<i64>,
    /// Days from the last race to the week's start, in Recovery.
    pub since_race: Option<i64>,
    /// That race's distance.
    pub raced: Option<RaceDistance>,
    /// The goal was set in this week or the one before: its first week is no cutback.
    pub new_goal: bool,
    /// Races in the seven days after the week: bit 0 is the day after its end. They need their rest
    /// days too.
    pub races_after: u32,
    /// Km without races planned for the week before.
    pub last_planned: Option<Metres>,
    /// The schedule and its week, inside Build, Peak and Taper.
    pub schedule: Option<(ScheduleId, &'a Schedule, &'a ScheduleWeek)>,
    /// The schedule chosen for the goal, and why.
    pub choice: Option<Choice>,
    /// The biggest week the goal's schedule asks for.
    pub need: Metres,
    /// Target paces.
    pub paces: Paces,
    /// Tenths of the Daniels-Gilbert value behind the paces.
    pub value_tenths: i64,
    /// Runs a week the runner is used to.
    pub usual_runs: u8,
    /// The day the runner's long runs are on.
    pub long_run_day: Weekday,
    /// Runs on each weekday in the last eight weeks, Sunday first.
    pub habit: [u8; 7],
    /// Where the runner stands with the bootcamp, on the first planned day.
    pub bootcamp: Bootcamp,
    /// Enough weeks of running for quality (`requires_base_building`).
    pub based: bool,
    /// The roadmap's time trial falls into the week.
    pub time_trial: bool,
    /// A race that is run as a habit (a weekly parkrun) is to be expected on this day.
    pub foreseen: Option<Day>,
    /// The goal's race of the last seven days that was no A race, and the days since.
    pub tuned: Option<(RaceDistance, i64)>,
    /// Predicted time for the goal's race.
    pub predicted: Option<Seconds>,
    /// What the runner wants, as far as a plan can follow it.
    pub preferences: &'a Preferences,
    /// What the runner wants.
    pub wished: &'a Preferences,
    /// What the runner asked of the days of this week.
    pub wishes: Wishes,
    /// All sessions of the week as published, when it had begun with an earlier plan.
    pub current: &'a [Session],
}

/// A made week before checking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Sessions by day.
    pub sessions: Vec<Session>,
    /// Why the week is as big as it is.
    pub why: Vec<Why>,
}

/// Shortest run that is worth putting on shoes for.
pub const MIN_RUN: Metres = Metres(3000);

/// Shortest easy run of a runner whose long run is short too.
const SHORT_RUN: Metres = Metres(2000);

/// Makes the week.
#[must_use]
pub fn make(b: &Brief<'_>, l: &Limits) -> Draft {
    let mut why = Vec::with_capacity(4);
    let mut sessions = Vec::with_capacity(8);
    for (i, distance) in l.races() {
        let mut s = workout::race(b.week_start + i as i64, distance, &b.paces);
        let ours = b.goal.is_some_and(|g| g.day == s.day && g.distance == distance);
        s.why.push(Why::RaceDay { distance, predicted: b.predicted.filter(|_| ours) });
        s.pinned = true;
        sessions.push(s);
    }
    let race_km: Metres = sessions.iter().map(|s| s.distance).sum();
    let (room, room_by) = l.week_room(race_km);
    if let Some(days) = b.goal.map(|g| g.day - b.week_start).filter(|d| (0..=120).contains(d)) {
        let distance = b.goal.map_or(RaceDistance::K5, |g| g.distance);
        why.push(Why::Countdown { distance, days });
    }
    let target = target(b, l, race_km, room, room_by, &mut why);
    if let Some(Choice { id: schedule, reason, .. }) = b.choice.filter(|_| b.schedule.is_some()) {
        why.push(Why::Schedule { schedule, reason });
    }
    if l.windows.run_free >= ruleset::NEVER_RUN_DAYS {
        why.push(Why::GentleStart);
        gentle_start(b, l, target, &mut sessions);
    } else if bootcamp::prescribes(b, l) {
        why.push(Why::Bootcamp);
        bootcamp::week(b, l, target, &mut sessions);
    } else {
        let target = rested(b, l, target, &sessions);
        why.extend(fewer_runs(b, l, target, &sessions));
        sessions = filled(b, l, target, &sessions);
    }
    finish(b, l, sessions, why)
}

/// Faster running of a kind that a week is made of.
const fn is_quality(kind: Kind) -> bool {
    matches!(kind, Kind::Tempo | Kind::Interval | Kind::Fartlek | Kind::Pace)
}

/// How a week departs from the usual one.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// Runs more or fewer than usual.
    runs: i64,
    /// With quality, where the week has it.
    quality: bool,
}

/// Shapes by preference: the usual one first.
const SHAPES: [Shape; 6] = [
    Shape { runs: 0, quality: true },
    Shape { runs: 1, quality: true },
    Shape { runs: 2, quality: true },
    Shape { runs: -1, quality: true },
    Shape { runs: 0, quality: false },
    Shape { runs: 1, quality: false },
];

/// The week filled up to its target. A quality session has a length of its own and H07 holds the
/// long run to the other runs, so that few runs may come far short of the target: then with other
/// numbers of runs, and, if it is still far short, without quality.
fn filled(b: &Brief<'_>, l: &Limits, target: Metres, races: &[Session]) -> Vec<Session> {
    let race_km: Metres = races.iter().map(|s| s.distance).sum();
    let fast = |sessions: &[Session]| sessions.iter().filter(|s| is_quality(s.kind)).count();
    let make = |shape| {
        let mut sessions = races.to_vec();
        fill(b, l, target, shape, &mut sessions);
        sessions.sort_by_key(|s| s.day);
        trim::trim(&mut sessions, l, b.week_start, &b.paces);
        (sessions.iter().map(|s| s.distance).sum::<Metres>() - race_km, sessions)
    };
    let [usual, others @ ..] = SHAPES;
    let (mut km, mut best) = make(usual);
    let (enough, plainer_below) =
        (target.permille(ruleset::FILLED), target.permille(ruleset::FILLED_WITH_QUALITY));
    let wanted = fast(&best);
    for shape in others {
        if km >= enough {
            break;
        }
        let (more, sessions) = make(shape);
        if more > km && (fast(&sessions) >= wanted || km < plainer_below) {
            (km, best) = (more, sessions);
        }
    }
    best
}

/// What falls on days of rest after a race is not made up on the others.
fn rested(b: &Brief<'_>, l: &Limits, target: Metres, races: &[Session]) -> Metres {
    let usual = usize::from(b.usual_runs.max(1));
    let after = b.phase == Phase::Recovery || b.tuned.is_some();
    let free = if after { place::free_days(b, l, races) } else { usual };
    if free < usual { Metres(target.0 * free as i64 / usual as i64) } else { target }
}

/// Says that the runner's own limit leaves fewer runs than usual.
fn fewer_runs(b: &Brief<'_>, l: &Limits, target: Metres, races: &[Session]) -> Option<Why> {
    let max = b.preferences.max_runs?;
    let n = run_count(b, l, target, races.len(), 0).min(place::free_days(b, l, races));
    let usual = i64::from(b.usual_runs);
    let limit = i64::from(max);
    let (rule, measure) = (Rule::SRuns, Measure::Count);
    (n > 0 && n + races.len() == usize::from(max) && usual > limit).then_some(Why::Limited {
        rule,
        wanted: usual,
        limit,
        measure,
    })
}

/// Makes a draft less until it keeps the limits `l` of the runner as is: nothing is added, moved or
/// made longer.
pub fn restrict(draft: &mut Draft, b: &Brief<'_>, l: &Limits) {
    let km = |sessions: &[Session]| sessions.iter().map(|s| s.distance).sum::<Metres>();
    let before = km(&draft.sessions);
    let rule = trim::restrict(&mut draft.sessions, l, b.week_start, &b.paces);
    let after = km(&draft.sessions);
    if after == before {
        return;
    }
    for why in &mut draft.why {
        if let Why::Target { ceiling, .. } = why {
            let races = draft.sessions.iter().filter(|s| s.kind == Kind::Race);
            let races = races.map(|s| s.distance).sum();
            *ceiling = l.week_room(races).0 + races;
        }
    }
    draft.why.extend(rule.map(|rule| limited(rule, before, after)));
}

fn finish(b: &Brief<'_>, l: &Limits, mut sessions: Vec<Session>, mut why: Vec<Why>) -> Draft {
    sessions.sort_by_key(|s| s.day);
    trim::trim(&mut sessions, l, b.week_start, &b.paces);
    cross_training(b, l, &mut sessions);
    for s in &mut sessions {
        s.why.insert(0, Why::Purpose { kind: s.kind, phase: b.phase });
        if is_quality(s.kind) {
            s.why.push(Why::Paces { value_tenths: b.value_tenths });
        }
    }
    why.retain(|w| !matches!(w, Why::Limited { wanted, limit, .. } if wanted <= limit));
    Draft { sessions, why }
}

/// The km without races to plan for, and why.
fn target(
    b: &Brief<'_>,
    l: &Limits,
    race_km: Metres,
    room: Metres,
    room_by: Rule,
    why: &mut Vec<Why>,
) -> Metres {
    let win = &l.windows;
    let recent = win.c4;
    let returning = (win.factor.is_some() || win.rebuild) && b.phase != Phase::Recovery;
    let wanted = if returning || win.run_free >= ruleset::NEVER_RUN_DAYS {
        if let Some(permille) = win.factor.filter(|_| win.gap < ruleset::NEVER_RUN_DAYS) {
            why.push(Why::Return { days: win.gap, permille });
        }
        return_target(l)
    } else {
        match b.phase {
            Phase::Taper => taper_target(l, recent),
            Phase::Recovery => recovery_target(b, l),
            phase => {
                let size = training_target(b, l, phase);
                if win.held > win.c.permille(ruleset::SHORTFALL_PERMILLE) {
                    why.push(Why::Held { planned: win.held });
                }
                if is_cutback(b, l) {
                    let of_run =
                        (recent.permille(ruleset::CUTBACK_PERMILLE), ruleset::CUTBACK_PERMILLE);
                    let of_planned = (
                        win.held.permille(ruleset::CUTBACK_HELD_PERMILLE),
                        ruleset::CUTBACK_HELD_PERMILLE,
                    );
                    let (easier, permille) = of_run.max(of_planned);
                    why.push(Why::Cutback { permille });
                    easier
                } else {
                    size
                }
            }
        }
    };
    // After weeks that were skipped the limits still know what was run before them.
    let governed = matches!(b.phase, Phase::Taper | Phase::Recovery) || win.factor.is_some();
    let wanted = if governed { wanted } else { wanted.min(steady(win)) };
    let wanted = match b.ease {
        Some(Ease { why: easing, most }) if most < wanted => {
            why.push(Why::Eased { easing, permille: easing.terms().0, most });
            most
        }
        _ => wanted,
    };
    // Race km are part of the week's load: a race week plans less beside it. The taper's own
    // figures leave the race out already.
    let tapered = b.phase == Phase::Taper && !returning;
    let beside = if tapered {
        wanted
    } else {
        let rested = wanted.permille(1000 - tune_up_less(b, l));
        rested.min((wanted - race_km).max(Metres(wanted.0 / 3)))
    };
    let whole = beside;
    let beside = beside - if tapered { Metres::ZERO } else { l.done.0 + l.done.1 };
    let beside = if l.first > 0 && !tapered {
        why.push(Why::Begun { days: 7 - l.first as i64 });
        beside.min(begun(b, l, whole))
    } else {
        beside
    };
    let capped = b.preferences.weekly_cap.map_or(beside, |cap| beside.min(cap - race_km));
    if capped < beside {
        why.push(limited(Rule::SWeek, beside, capped));
    }
    let target = capped.min(room).max(Metres::ZERO).floor_step();
    why.insert(
        0,
        Why::Target {
            phase: b.phase,
            state: b.state,
            recent,
            target: target + race_km,
            ceiling: room + race_km,
        },
    );
    if room < capped {
        why.push(limited(room_by, capped, room.floor_step()));
    }
    target
}

/// What a week may aim at by the mean week of the last 28 days.
fn steady(win: &crate::limits::Windows) -> Metres {
    win.mean.permille(ruleset::STEADY_PERMILLE).max(ruleset::WEEK_FLOOR)
}

/// T4: how much less, in permille of the week, for the days before a race of this week or the next
/// that has no taper of its own.
fn tune_up_less(b: &Brief<'_>, l: &Limits) -> i64 {
    let this = l.races().map(|(i, _)| i as i64);
    let next = (0..7).filter(|day| b.races_after & (1 << day) != 0).map(|day| day + 7);
    let before = |race: i64| (race.min(7) - (race - ruleset::TUNE_UP_DAYS).max(0)).max(0);
    let days = this.chain(next).map(before).max().unwrap_or(0);
    ruleset::TUNE_UP_LESS_PERMILLE * days / ruleset::TUNE_UP_DAYS
}

/// What of a whole week's km the days that are left of a begun one may have: their share, or
/// enough for the long run where its day is still to come. Nothing is crammed.
fn begun(b: &Brief<'_>, l: &Limits, whole: Metres) -> Metres {
    let day = b.preferences.long_run_day.unwrap_or(b.long_run_day);
    let to_come = (l.first..7).any(|i| (b.week_start + i as i64).weekday() == day);
    let by_days = Metres(whole.0 * (7 - l.first as i64) / 7);
    if to_come { by_days.max(whole.permille(LONG_SHARE[5])) } else { by_days }
}

fn limited(rule: Rule, wanted: Metres, limit: Metres) -> Why {
    Why::Limited { rule, wanted: wanted.0, limit: limit.0, measure: Measure::Metres }
}

/// H14's share where a gap governs; else, in Rebuild, a step up from what is run again.
fn return_target(l: &Limits) -> Metres {
    let win = &l.windows;
    if win.factor.is_some() || win.run_free >= ruleset::NEVER_RUN_DAYS {
        return l.a;
    }
    let step = win.c + win.m26.permille(ruleset::M8_STEP).max(ruleset::GROWTH_LEAST);
    step.min(win.m26).max(ruleset::WEEK_FLOOR).min(l.a)
}

/// Week by week back after a race, from the volume before the taper.
fn recovery_target(b: &Brief<'_>, l: &Limits) -> Metres {
    let week = usize::try_from(b.since_race.unwrap_or(0) / 7).unwrap_or(0).min(2);
    l.windows.m8.permille(ruleset::RECOVERY_PERMILLE[week]).min(l.a)
}

/// The room of the taper blocks, by the days of each that fall into this week.
fn taper_target(l: &Limits, recent: Metres) -> Metres {
    let taper = l.blocks.iter().filter(|k| k.rule == Rule::H11);
    let days = |k: &crate::limits::Block| k.to.min(6) - k.from.max(l.first as i64) + 1;
    let left = |k: &crate::limits::Block| k.to - k.from.max(l.first as i64) + 1;
    let (mut sum, mut covered) = (0, 0);
    for k in taper {
        sum += k.room.0 * days(k).max(0) / left(k).max(1);
        covered += days(k).max(0);
    }
    let free = (7 - l.first as i64 - covered).max(0);
    Metres(sum + recent.permille(500).0 * free / 7)
}

/// Base, Build and Peak: what has been run, a step up where the goal needs it.
fn training_target(b: &Brief<'_>, l: &Limits, phase: Phase) -> Metres {
    // C where it leads: after a break C4 lags behind what is run again.
    let recent = l.windows.c4.max(l.windows.c.permille(ruleset::LEADING_PERMILLE));
    // What was planned is planned again where less of it was run: a plan that follows every
    // shortfall would spiral down.
    let recent = recent.max(l.windows.held);
    let proved = l.windows.m26.permille(ruleset::PROVED_PERMILLE);
    let c = l.windows.c.max(recent);
    // A probe goes as far as the rules allow towards what the goal asks for.
    let grown = match b.well.0 {
        State::Probe => l.a,
        _ => (c + c.permille(ruleset::GROWTH_PERMILLE).max(ruleset::GROWTH_LEAST))
            .max(ruleset::WEEK_FLOOR),
    };
    let schedule = b.schedule.map_or(b.need, |(_, _, week)| week.volume());
    // A week that can carry the long run the race asks for.
    let carrying = longest_aim(b).map_or(Metres::ZERO, |aim| aim.permille(ruleset::WEEK_PER_LONG));
    let wanted = match phase {
        Phase::Peak => b.need.max(schedule).max(carrying),
        Phase::Build => schedule.max(carrying),
        _ => b.need.permille(850),
    };
    wanted.max(proved).min(grown).max(recent).min(l.a)
}

/// The longest run on the way to the race: what the distance asks for, in the time that a session
/// may take; a marathoner's is not kept under 28 km by the clock.
fn longest_aim(b: &Brief<'_>) -> Option<Metres> {
    let distance = b.goal?.distance;
    Some(ruleset::long_run_goal(distance).min(longest_by_time(b)))
}

/// The longest session by the clock (S-LONG).
fn longest_by_time(b: &Brief<'_>) -> Metres {
    if b.goal.is_none_or(|g| g.distance != RaceDistance::Marathon) {
        return b.paces.easy.distance_in(ruleset::SESSION_SOFT_MAX);
    }
    let least = ruleset::LONG_MARATHON_LEAST
        .min(b.paces.easy.distance_in(ruleset::LONG_MAX_TIME - Seconds::minutes(10)));
    b.paces.easy.distance_in(ruleset::SESSION_SOFT_MAX_MARATHON).max(least)
}

/// The long run that is due where the runner would otherwise come short of the longest one before
/// the taper: one step more than L30. Nothing while there are weeks to spare.
fn due_long(b: &Brief<'_>, l: &Limits) -> Option<Metres> {
    let (goal, aim) = (b.goal?, longest_aim(b)?);
    let weeks = b.weeks_to_race? - crate::roadmap::Lengths::of(goal.distance).taper + 1;
    let usable = weeks - weeks / 4;
    let extra = if l.windows.strict { ruleset::SPIKE_EXTRA_STRICT } else { ruleset::SPIKE_EXTRA };
    let step = |x: Metres| x.permille(ruleset::SPIKE_PERMILLE).max(x + extra);
    let mut steps = 0;
    let mut reached = l.windows.l30;
    while reached < aim && steps < usable {
        reached = step(reached);
        steps += 1;
    }
    let spare = usable - steps;
    (usable > 0 && steps > 0 && spare < ruleset::LONG_WEEKS_SPARE)
        .then(|| step(l.windows.l30).min(aim))
}

/// Every fourth week, counted back from the race so that the last one falls before Peak; without
/// a goal by the calendar. A week after an easy one needs no cutback.
#[must_use]
pub fn is_cutback(b: &Brief<'_>, l: &Limits) -> bool {
    let due = match (b.goal, b.weeks_to_race) {
        (Some(g), Some(back)) => {
            let len = crate::roadmap::Lengths::of(g.distance);
            let peak = len.peak + len.taper;
            back >= peak && (back - peak) % 4 == 0
        }
        _ => (b.week_start.epoch() + 3).div_euclid(7) % 4 == 3,
    };
    let low = l.windows.c4.permille(ruleset::RESTED_PERMILLE);
    let rested = l.windows.w1 < low || b.last_planned.is_some_and(|km| km < low);
    due && !rested && !b.new_goal && matches!(b.phase, Phase::Base | Phase::Build)
}

/// Three short run-walks on days that are not consecutive.
fn gentle_start(b: &Brief<'_>, l: &Limits, target: Metres, sessions: &mut Vec<Session>) {
    let n = (target.0 / MIN_RUN.0).clamp(0, b.preferences.max_runs.map_or(3, i64::from).min(3));
    for _ in 0..n {
        let Some(day) = place::easy_day(b, l, sessions, true) else { return };
        let cap = day_cap(b, day, b.paces.run_walk());
        let run = workout::plain(day, Kind::Return, MIN_RUN.min(cap), &b.paces);
        if is_useful(&run) {
            sessions.push(run);
        }
    }
}

/// The length that the day's cap allows at a pace.
fn day_cap(b: &Brief<'_>, day: Day, pace: Pace) -> Metres {
    let cap = b.preferences.day_caps[usize::from(day.weekday().number())];
    cap.map_or(ruleset::DAY_MAX, |m| pace.distance_in(Seconds::minutes(i64::from(m))))
}

/// The longest run on day `i` as far as a race on the next one leaves legs for it.
fn race_eve(b: &Brief<'_>, l: &Limits, i: usize) -> Metres {
    let races = l.races().any(|(day, _)| day == i + 1) || i == 6 && b.races_after & 1 != 0;
    if !races {
        return ruleset::DAY_MAX;
    }
    b.paces.easy.distance_in(ruleset::RACE_EVE_TIME).min(ruleset::RACE_EVE_MOST)
}

/// Is the run worth going out for?
fn is_useful(s: &Session) -> bool {
    s.distance >= ruleset::USEFUL_RUN || s.duration >= ruleset::USEFUL_TIME
}

/// How many runs beside races: what the runner is used to, towards the schedule's, as far as the
/// target has km for them.
fn run_count(b: &Brief<'_>, l: &Limits, target: Metres, races: usize, more: i64) -> usize {
    let usual = i64::from(b.usual_runs.clamp(1, 7));
    let schedule = b.schedule.map_or(3, |(_, _, week)| week.run_days() as i64);
    let wanted = match (usual, b.phase) {
        // Who runs once a week has chosen that day; two short runs are not the same.
        (1, _) => 1,
        // A race takes the place of a run, and a taper adds none.
        (_, Phase::Taper) => (usual - races as i64).max(1),
        _ => usual.max(schedule.min(usual + 1)) - races as i64,
    };
    // A begun week has room for its share of the runs.
    let wanted = (wanted * (7 - l.first as i64) + 6) / 7;
    let longest = l.days.iter().map(|d| d.run.0).max().unwrap_or(0).max(1);
    let needed = (target.0 + longest * 8 / 10 - 1) / (longest * 8 / 10).max(1);
    let done = i64::from((l.run_days >> 6).count_ones());
    let most = i64::from(l.run_days_max).min(b.preferences.max_runs.map_or(7, i64::from))
        - races as i64
        - done;
    // Beyond the habit a run has 4 km at least; the usual ones may be shorter.
    let supported = (target.0 / 4000).max(((target.0 + 1000) / MIN_RUN.0).min(usual)).max(1);
    let runs = wanted.max(needed).min(supported.max(needed)) + more;
    usize::try_from(runs.min(most)).unwrap_or(0)
}

/// Long run, quality and easy runs.
fn fill(b: &Brief<'_>, l: &Limits, target: Metres, shape: Shape, sessions: &mut Vec<Session>) {
    let races = sessions.len();
    let free = place::free_days(b, l, sessions);
    let n = run_count(b, l, target, races, shape.runs).min(free);
    if n == 0 || target < Metres(1000) {
        return;
    }
    let days = b.goal.map(|g| g.day - b.week_start);
    let race_week = b.phase == Phase::Taper && days.is_some_and(|d| d <= 8);
    let long = if race_week { None } else { long_run(b, l, target, n, sessions) };
    let long_km = long.as_ref().map_or(Metres::ZERO, |s| s.distance);
    sessions.extend(long);
    let quality_km =
        if shape.quality { quality_runs(b, l, target, n, long_km, sessions) } else { Metres::ZERO };
    let placed = sessions.len() - races;
    easy_runs(b, l, target - long_km - quality_km, n.saturating_sub(placed), long_km, sessions);
}

/// Thousandths of the week that the long run takes, by number of runs.
const LONG_SHARE: [i64; 8] = [1000, 1000, 560, 430, 370, 330, 300, 280];

fn long_run(
    b: &Brief<'_>,
    l: &Limits,
    target: Metres,
    n: usize,
    sessions: &[Session],
) -> Option<Session> {
    let share = target.permille(LONG_SHARE[n.min(7)]);
    let scheduled = b.schedule.and_then(|(_, _, week)| printed(week.long_run()?, b));
    let marathon = b.goal.is_some_and(|g| g.distance == RaceDistance::Marathon);
    let top = target.permille(if n <= 2 || marathon { 575 } else { 480 });
    let wanted = match (b.phase, scheduled) {
        _ if n == 1 => target,
        (Phase::Build | Phase::Peak, Some(d)) if !is_cutback(b, l) => {
            let least = share.permille(900);
            d.max(due_long(b, l).unwrap_or_default()).clamp(least, top.max(least))
        }
        (Phase::Base, _) => share.min(l.windows.l30 + Metres(1600)),
        _ => share,
    };
    let by_time = longest_by_time(b);
    let wanted_long = wanted.min(by_time);
    let (day, is_long) = place::long_day(b, l, sessions)?;
    let i = usize::try_from(day - b.week_start).ok()?;
    let room = l.days.get(i)?;
    let mut limit = room.run;
    let mut rule = room.by;
    if !is_long {
        let under_an_hour = b.paces.easy.distance_in(Seconds(3590));
        if under_an_hour < limit {
            (limit, rule) = (under_an_hour, room.long_barred.unwrap_or(Rule::H03));
        }
    }
    let by_cap = day_cap(b, day, b.paces.easy);
    limit = limit.min(race_eve(b, l, i));
    if by_cap < limit {
        (limit, rule) = (by_cap, Rule::SCap);
    }
    let distance = wanted_long.min(limit).floor_step();
    let mut s = workout::plain(day, Kind::Long, distance, &b.paces);
    if !is_useful(&s) {
        return None;
    }
    let building = matches!(b.phase, Phase::Build | Phase::Peak) && b.based && l.quality_max > 0;
    let row = b.schedule.and_then(|(_, _, week)| week.long_run());
    if is_long && building && row.is_some_and(|r| r.finish) {
        s = workout::faster_finish(&s, &b.paces);
    }
    if let Some((id, _, week)) = b.schedule
        && let Some(row) = week.long_run()
    {
        s.template = Some(reference(id, week, row));
        s.why.extend(s.template.map(|template| Why::From { template, distance: row.distance }));
    }
    if limit < wanted_long {
        s.why.push(limited(rule, wanted_long.floor_step(), distance));
    }
    if by_time < wanted {
        s.why.push(limited(Rule::SLong, wanted.floor_step(), distance));
    }
    Some(s)
}

/// The length of a row: printed, or by its minutes at easy pace.
fn printed(row: &Row, b: &Brief<'_>) -> Option<Metres> {
    let by_time = |m| b.paces.easy.distance_in(Seconds::minutes(i64::from(m)));
    row.distance.or_else(|| row.minutes.map(by_time)).map(Metres::floor_step)
}

pub(crate) fn reference(schedule: ScheduleId, week: &ScheduleWeek, row: &Row) -> TemplateRef {
    TemplateRef { schedule, week: week.number, weekday: row.weekday }
}

/// Adds the week's quality sessions; returns their km.
fn quality_runs(
    b: &Brief<'_>,
    l: &Limits,
    target: Metres,
    n: usize,
    long: Metres,
    sessions: &mut Vec<Session>,
) -> Metres {
    let long_is_hard = b.paces.easy.time_for(long) >= ruleset::LONG_RUN_FROM;
    let races = sessions.iter().filter(|s| s.kind == Kind::Race).count() as u32;
    let run_days = n as u32 + races + (l.run_days >> 6).count_ones();
    let done_hard = (l.hard_bits(long) >> 6).count_ones();
    let foreseen = u32::from(b.foreseen.is_some());
    let planned_hard = races + foreseen + done_hard + u32::from(long_is_hard);
    let hard_left = l.hard_max(run_days).saturating_sub(planned_hard);
    let tapering = if b.phase == Phase::Taper { 1 } else { u32::MAX };
    let quality_left = l.quality_max.saturating_sub(races + foreseen);
    let most = hard_left.min(quality_left).min(tapering) as usize;
    let wishes = wish::wishes(b, l);
    let wished = wishes.iter().flatten().count();
    let most = most.min(wished).saturating_sub(b.ease.map_or(0, |e| e.why.terms().1));
    let mut budget = Seconds(
        b.paces.easy.time_for(target).permille(l.intensity).0.max(ruleset::INTENSITY_FLOOR.0),
    );
    let mut sum = Metres::ZERO;
    let most = most.min(n.saturating_sub(1));
    let before = sessions.len();
    // Where the week is too small for any of them, strides fit.
    let strides = wish::strides(b).filter(|_| most > 0);
    for wish in wishes.into_iter().flatten().chain(strides) {
        let placed = sessions.len() - before;
        if placed == most || placed > 0 && strides == Some(wish) {
            break;
        }
        let Some(day) = place::quality_day(b, l, sessions) else { break };
        let i = usize::try_from(day - b.week_start).unwrap_or(0).min(6);
        let below_long = if long > Metres::ZERO { long - Metres(500) } else { target };
        let top = below_long
            .min(l.days[i].run)
            .min(target.permille(if n <= 3 || wish.kind == Kind::TimeTrial { 400 } else { 280 }))
            .min(target - long - sum);
        // The easy runs keep their least; a taper's touch is shorter than usual (T2).
        let others = n.saturating_sub(sessions.len() + 1 - races as usize) as i64;
        let top = top.min(target - long - sum - Metres(MIN_RUN.0 * others));
        let touch = if b.phase == Phase::Taper { ruleset::TAPER_TOUCH_PERMILLE } else { 1000 };
        let size = wish.size.permille(touch).min(top);
        let Some(s) = workout::quality(day, wish.kind, size, wish.work, &b.paces) else { continue };
        let over = |s: &Session| day_cap_time(b, day).is_some_and(|cap| s.duration > cap);
        let by_cap = |s: Session| {
            let to = Metres(s.distance.0 * day_cap_time(b, day)?.0 / s.duration.0.max(1));
            workout::shorten(&s, to.floor_step(), &b.paces).filter(|s| !over(s))
        };
        let s = if over(&s) { by_cap(s) } else { Some(s) };
        let Some(mut s) = s.and_then(|s| within(s, &mut budget, b)) else { continue };
        s.template = wish.template;
        s.why.extend(wish.template.map(|template| Why::From { template, distance: wish.printed }));
        sum += s.distance;
        sessions.push(s);
    }
    sum
}

fn day_cap_time(b: &Brief<'_>, day: Day) -> Option<Seconds> {
    let cap = b.preferences.day_caps[usize::from(day.weekday().number())]?;
    Some(Seconds::minutes(i64::from(cap)))
}

/// The session with its main part cut to the intensity left; takes it from the budget.
fn within(s: Session, budget: &mut Seconds, b: &Brief<'_>) -> Option<Session> {
    let count = |s: &Session| workout::intensity(s, b.paces.threshold, b.paces.marathon);
    let mut s = s;
    if count(&s) > *budget {
        // Half-counted work (race pace) may last twice the budget.
        let half = s.steps.iter().all(|p| p.pace > b.paces.threshold);
        let most = if half { Seconds(budget.0 * 2) } else { *budget };
        let why = limited_time(count(&s), *budget);
        s = workout::soften(&s, most, &b.paces)?;
        s.why.push(why);
    }
    if count(&s) > *budget {
        return None;
    }
    *budget -= count(&s);
    Some(s)
}

fn limited_time(wanted: Seconds, limit: Seconds) -> Why {
    Why::Limited { rule: Rule::H06, wanted: wanted.0, limit: limit.0, measure: Measure::Seconds }
}

/// Adds up to `n` easy runs that share `rest`, each worth doing and shorter than the long run.
fn easy_runs(
    b: &Brief<'_>,
    l: &Limits,
    rest: Metres,
    n: usize,
    long: Metres,
    sessions: &mut Vec<Session>,
) {
    let even = Metres(rest.0 / n.max(1) as i64) + Metres(500);
    let longest = if long > Metres::ZERO { (long - Metres(200)).max(Metres(1000)) } else { even };
    // Where the long run is short, easy runs may be shorter still: better three runs than two.
    let least = MIN_RUN.min(longest.permille(600)).max(SHORT_RUN.min(longest));
    let n = n.min(usize::try_from(rest.0 / least.0.max(1)).unwrap_or(0));
    if n == 0 {
        return;
    }
    let hard = sessions.iter().filter(|s| s.kind != Kind::Easy).count();
    let runs = u32::try_from(sessions.len() + n).unwrap_or(7);
    let full = u32::try_from(hard).is_ok_and(|hard| hard >= l.hard_max(runs));
    let crowded = if full { Rule::H04 } else { Rule::H03 };
    let mut left = rest;
    let weights = easy_weights(b, n);
    let sum: i64 = weights[..n].iter().sum();
    for (k, weight) in weights[..n].iter().enumerate() {
        let Some(day) = place::easy_day(b, l, sessions, false) else { return };
        let i = usize::try_from(day - b.week_start).unwrap_or(0).min(6);
        let by_cap = day_cap(b, day, b.paces.easy);
        let share = Metres(rest.0 * weight / sum.max(1));
        // The runs after this one keep their least.
        let own = (left - Metres(least.0 * (n - k - 1) as i64)).max(least).min(left);
        let most = longest.min(l.days[i].run).min(by_cap).min(own).min(race_eve(b, l, i));
        let distance = share.clamp(least.min(most), most.max(least.min(most))).floor_step();
        let mut s = workout::plain(day, Kind::Easy, distance, &b.paces);
        if !is_useful(&s) {
            continue;
        }
        if let Some((id, _, week)) = b.schedule
            && let Some(row) = rows_left(week, sessions).nth(k)
        {
            let template = reference(id, week, row);
            s.template = Some(template);
            s.why.push(Why::From { template, distance: row.distance });
            if row.is_quality() && b.based {
                let rule = l.days[i].quality_barred.unwrap_or(crowded);
                s.why.push(Why::MadeEasy { rule, kind: row.kind });
            }
        }
        if by_cap < share && by_cap.floor_step() <= distance {
            s.why.push(limited(Rule::SCap, share.floor_step(), distance));
        }
        left -= distance;
        sessions.push(s);
    }
}

/// The schedule's easy runs, then its quality sessions that found no day or no room: they are easy
/// here.
fn rows_left<'a>(
    week: &'a ScheduleWeek,
    sessions: &'a [Session],
) -> impl Iterator<Item = &'a Row> + 'a {
    let firm = || week.sessions.iter().filter(|r| !r.is_optional());
    let used = |r: &&Row| {
        let of = |t: TemplateRef| t.week == week.number && t.weekday == r.weekday;
        sessions.iter().any(|s| s.kind == r.kind && s.template.is_some_and(of))
    };
    let easy = firm().filter(|r| r.kind == Kind::Easy);
    easy.chain(firm().filter(|r| r.is_quality()).filter(move |r| !used(r)))
}

/// The schedule's own proportions of its easy runs; even ones without a schedule.
fn easy_weights(b: &Brief<'_>, n: usize) -> [i64; 7] {
    let mut weights = [1000; 7];
    if let Some((_, _, week)) = b.schedule {
        let rows = week.sessions.iter().filter(|r| r.kind == Kind::Easy && !r.is_optional());
        let printed = rows.filter_map(|r| r.distance);
        for (weight, d) in weights[..n].iter_mut().zip(printed) {
            // Towards even: a runner with more km than the schedule has no very short days.
            *weight = 2000 + d.0.clamp(2000, 12_000) / 2;
        }
        let known: Vec<i64> = weights[..n].iter().copied().filter(|w| *w != 1000).collect();
        let mean = known.iter().sum::<i64>() / known.len().max(1) as i64;
        for weight in weights[..n].iter_mut().filter(|w| **w == 1000) {
            *weight = mean.max(1000);
        }
    }
    weights
}

/// Offers the schedule's cross-training on free days; it is never counted as km.
fn cross_training(b: &Brief<'_>, l: &Limits, sessions: &mut Vec<Session>) {
    let Some((id, _, week)) = b.schedule else { return };
    if b.state != State::Stable {
        return;
    }
    for row in week.sessions.iter().filter(|r| r.kind == Kind::Cross) {
        let offset =
            (i64::from(row.weekday) - i64::from(b.week_start.weekday().number())).rem_euclid(7);
        let day = b.week_start + offset;
        let i = usize::try_from(offset).unwrap_or(0);
        let free = i >= l.first && sessions.iter().all(|s| s.day != day);
        let race_near = (-1..=2).any(|d| {
            let near = usize::try_from(i as i64 + d).ok().and_then(|n| l.days.get(n));
            near.is_some_and(|day| day.race.is_some()) || b.goal.is_some_and(|g| g.day == day + d)
        });
        if !free
            || race_near
            || l.days[i].by == Rule::H08
            || !b.preferences.run_days.contains(day.weekday())
        {
            continue;
        }
        let mut s = workout::cross(day, Seconds::minutes(i64::from(row.minutes.unwrap_or(30))));
        s.template = Some(reference(id, week, row));
        sessions.push(s);
    }
    sessions.sort_by_key(|s| s.day);
}
