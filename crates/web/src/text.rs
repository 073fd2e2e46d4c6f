//! Words and numbers as they stand on a page. Nothing here decides; it only writes.

use crate::locale;
use hermes_app::{ActivityView, Done, Moment};
use hermes_engine::calendar::{Day, Weekday};
use hermes_engine::record::Ask;
use hermes_engine::session::{Amount, Kind, Role, Session, with_article};
use hermes_engine::units::{Metres, Seconds, Units};

/// A day in the way of the reader's browser: with the day or with the month first.
fn written(day: Day, day_first: &str, month_first: &str) -> String {
    let form = if locale::current().month_first { month_first } else { day_first };
    day.date().strftime(form).to_string()
}

/// `Sunday 22 November 2026`, or `Sunday, November 22, 2026`.
pub(crate) fn long_day(day: Day) -> String {
    written(day, "%A %-d %B %Y", "%A, %B %-d, %Y")
}

/// `Sunday 22 November`, or `Sunday, November 22`.
pub(crate) fn day_month(day: Day) -> String {
    written(day, "%A %-d %B", "%A, %B %-d")
}

/// `Sun 22 Nov`, or `Sun, Nov 22`.
pub(crate) fn short_day(day: Day) -> String {
    written(day, "%a %-d %b", "%a, %b %-d")
}

/// `22 Nov 2026`, or `Nov 22, 2026`.
pub(crate) fn date(day: Day) -> String {
    written(day, "%-d %b %Y", "%b %-d, %Y")
}

/// `22 Nov`, or `Nov 22`.
pub(crate) fn day_and_month(day: Day) -> String {
    written(day, "%-d %b", "%b %-d")
}

/// A time of day, `18:05`, in the way of the reader's browser: `6:05 pm`.
pub(crate) fn time_of_day(time: &str) -> String {
    let parsed = time.split_once(':').and_then(|(h, m)| Some((h.parse::<u8>().ok()?, m)));
    match parsed.filter(|_| locale::current().twelve_hours) {
        None => time.to_owned(),
        Some((hour, minute)) => {
            let half = if hour < 12 { "am" } else { "pm" };
            format!("{}:{minute} {half}", (hour + 11) % 12 + 1)
        }
    }
}

/// `22`.
pub(crate) fn day_of_month(day: Day) -> String {
    day.date().strftime("%-d").to_string()
}

/// `16 – 22 November 2026`, or `30 Nov – 6 Dec 2026`; `November 16 – 22, 2026` with months first.
pub(crate) fn week_span(start: Day) -> String {
    let end = start + 6;
    if start.date().month() == end.date().month() {
        let first = written(start, "%-d", "%B %-d");
        format!("{first} – {}", written(end, "%-d %B %Y", "%-d, %Y"))
    } else {
        format!("{} – {}", day_and_month(start), date(end))
    }
}

/// `Sun`.
pub(crate) fn short_weekday(weekday: Weekday) -> &'static str {
    &weekday.name()[..3]
}

/// `today`, `tomorrow`, `in 12 days`.
pub(crate) fn in_days(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        n => format!("in {n} days"),
    }
}

/// `1 run`, `5 runs`.
pub(crate) fn count(n: i64, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// A change in thousandths as per cent: `+12 %`, `−4 %`, `±0 %`.
pub(crate) fn percent(permille: i64) -> String {
    match (permille.abs() + 5) / 10 {
        0 => "±0 %".to_owned(),
        n if permille > 0 => format!("+{n} %"),
        n => format!("−{n} %"),
    }
}

/// The day and time of a moment: `Sun 22 Nov, 09:30`.
pub(crate) fn moment((day, time): &Moment) -> String {
    format!("{}, {}", short_day(*day), time_of_day(time))
}

/// `48 min`, `1 h 05`.
pub(crate) fn duration(time: Seconds) -> String {
    let minutes = (time.0 + 30).div_euclid(60);
    if minutes < 60 {
        format!("{minutes} min")
    } else {
        format!("{} h {:02}", minutes / 60, minutes % 60)
    }
}

/// The unit's letters: `km`, `mi`.
pub(crate) const fn unit(units: Units) -> &'static str {
    match units {
        Units::Km => "km",
        Units::Miles => "mi",
    }
}

/// A distance without its unit, for columns: `12.3`.
pub(crate) fn bare_distance(units: Units, distance: Metres) -> String {
    let text = units.distance(distance);
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// Under a kilometre, runners say metres, whatever their unit.
pub(crate) fn amount(units: Units, amount: Amount) -> String {
    match amount {
        Amount::Distance(d) if d.0 < 1000 => format!("{} m", d.0),
        Amount::Distance(d) => units.distance(d),
        Amount::Time(t) if t.0 % 60 == 0 => format!("{} min", t.0 / 60),
        Amount::Time(t) => format!("{} min", t.clock_text()),
    }
}

/// What a session is called.
pub(crate) fn title(session: &Session) -> String {
    match session.race {
        Some(distance) => format!("Race: {}", distance.name()),
        None => session.kind.name().to_owned(),
    }
}

/// What a step is called in a session of a kind.
pub(crate) const fn role(role: Role, kind: Kind) -> &'static str {
    match role {
        Role::WarmUp => "Warm-up",
        Role::Work => "Main set",
        Role::CoolDown => "Cool-down",
        Role::Steady => match kind {
            Kind::Race => "Race",
            Kind::Cross => "Cross training",
            _ => "Run",
        },
    }
}

/// The sign, word and style class for what became of a day.
pub(crate) const fn done(done: Done) -> Option<(&'static str, &'static str, &'static str)> {
    match done {
        Done::Nothing => None,
        Done::Rest => Some(("–", "Rest day", "rest")),
        Done::Upcoming => Some(("○", "Upcoming", "upcoming")),
        Done::Missed => Some(("×", "Missed", "missed")),
        Done::Excused => Some(("+", "Excused", "excused")),
        Done::Green => Some(("✓", "As planned", "green")),
        Done::Yellow => Some(("~", "Near the plan", "yellow")),
        Done::Orange => Some(("≠", "Off the plan", "orange")),
        Done::Unplanned => Some(("+", "Unplanned", "unplanned")),
        Done::Elsewhere => Some(("↷", "Another day's session", "elsewhere")),
    }
}

/// A text of the engine with its dates as people say them: `2026-11-24` becomes `Tue 24 Nov`.
pub(crate) fn dated(text: &str) -> String {
    const LENGTH: usize = 10;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let day = rest.get(..LENGTH).filter(|_| c.is_ascii_digit()).map(Day::parse);
        let ends = |r: &str| !r.starts_with(|c: char| c.is_ascii_digit());
        let begins = !out.ends_with(|c: char| c.is_ascii_digit());
        match (day, rest.get(LENGTH..)) {
            (Some(Ok(day)), Some(after)) if begins && ends(after) => {
                out.push_str(&short_day(day));
                rest = after;
            }
            _ => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// Strava's name of a sport as people write it: `WeightTraining` is `Weight training`.
pub(crate) fn sport(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (n, c) in name.chars().enumerate() {
        if n > 0 && c.is_uppercase() && !out.ends_with([' ', '-']) {
            out.push(' ');
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}

/// What an edit asks for, as a heading.
pub(crate) fn ask(ask: Ask, units: Units) -> String {
    let name = |day: Day| short_day(day);
    match ask {
        Ask::Move { from, to } => format!("Move {} to {}", name(from), name(to)),
        Ask::Swap { a, b } => format!("Swap {} and {}", name(a), name(b)),
        Ask::Skip { day } => format!("Not on {}", name(day)),
        Ask::Resize { day, to } => format!("Run {} on {}", units.distance(to), name(day)),
        Ask::Retype { day, to } => format!("Make {} {}", name(day), with_article(to)),
        Ask::Add { day, kind, distance } => {
            let run = with_article(kind);
            format!("Add {run} of {} on {}", units.distance(distance), name(day))
        }
        Ask::Pin { day } => format!("Keep {} as it is", name(day)),
        Ask::Unavailable { day } => format!("No running on {}", name(day)),
        Ask::Easier => "Make the rest of the week easier".to_owned(),
        Ask::Harder => "Make the rest of the week harder".to_owned(),
    }
}

/// A kind and a distance: `Long Run, 17.2 km`; `Rest` without a session.
pub(crate) fn short_session(session: Option<(Kind, Metres)>, units: Units) -> String {
    match session {
        None => "Rest".to_owned(),
        Some((kind, Metres::ZERO)) => kind.name().to_owned(),
        Some((kind, distance)) => format!("{}, {}", kind.name(), units.distance(distance)),
    }
}

/// An activity's title, or its sport where it has none.
pub(crate) fn activity_name(a: &ActivityView) -> &str {
    if a.name.trim().is_empty() { &a.activity_type } else { &a.name }
}

/// A climb: metres, or feet for who runs miles.
pub(crate) fn ascent(units: Units, up: Metres) -> String {
    match units {
        Units::Km => format!("{} m", up.0),
        Units::Miles => format!("{} ft", (up.0 * 10_000 + 1_524).div_euclid(3_048)),
    }
}

/// A speed in thousandths of metres per second: `12.0 km/h`.
pub(crate) fn speed(units: Units, mm_per_s: i64) -> String {
    let (tenths, unit) = match units {
        Units::Km => (mm_per_s * 36 / 1_000, "km/h"),
        Units::Miles => (mm_per_s * 36_000 / 1_609_344, "mph"),
    };
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// A text as it may stand in the query of an address.
pub(crate) fn query_value(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes()
        .map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn days_and_weeks_read_well() {
        assert_eq!(long_day(day("2026-11-22")), "Sunday 22 November 2026");
        assert_eq!(short_day(day("2026-12-01")), "Tue 1 Dec");
        assert_eq!(week_span(day("2026-11-16")), "16 – 22 November 2026");
        assert_eq!(week_span(day("2026-11-30")), "30 Nov – 6 Dec 2026");
        assert_eq!(week_span(day("2026-12-28")), "28 Dec – 3 Jan 2027");
    }

    #[test]
    fn amounts_read_as_runners_say_them() {
        assert_eq!(amount(Units::Miles, Amount::Distance(Metres(400))), "400 m");
        assert_eq!(amount(Units::Km, Amount::Distance(Metres(1600))), "1.6 km");
        assert_eq!(amount(Units::Km, Amount::Time(Seconds(90))), "1:30 min");
        assert_eq!(amount(Units::Km, Amount::Time(Seconds(1200))), "20 min");
        let changes = [(123, "+12 %"), (-45, "−5 %"), (-4, "±0 %"), (0, "±0 %")];
        for (permille, said) in changes {
            assert_eq!(percent(permille), said);
        }
        assert_eq!(duration(Seconds(3900)), "1 h 05");
        assert_eq!(duration(Seconds(2880)), "48 min");
        for (name, said) in [("WeightTraining", "Weight training"), ("Run", "Run"), ("", "")] {
            assert_eq!(sport(name), said);
        }
        assert_eq!(ascent(Units::Miles, Metres(100)), "328 ft");
        assert_eq!(speed(Units::Km, 3_334), "12.0 km/h");
        assert_eq!(speed(Units::Miles, 3_334), "7.4 mph");
    }

    #[test]
    fn dates_in_texts_are_said_as_people_say_them() {
        assert_eq!(dated("on 2026-11-24: 5 km"), "on Tue 24 Nov: 5 km");
        assert_eq!(dated("2026-11-24"), "Tue 24 Nov");
        let same = ["", "é", "2026-13-40", "12026-11-24", "2026-11-241", "ü2026-11-2"];
        for text in same {
            assert_eq!(dated(text), text);
        }
    }

    #[test]
    fn a_query_value_cannot_leave_its_place() {
        assert_eq!(query_value("a b&c=\"<é"), "a%20b%26c%3D%22%3C%C3%A9");
    }
}
