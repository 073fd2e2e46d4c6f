//! Form fields: raw texts first, then checked values. Every refusal is one sentence that says what
//! would be right.

use crate::Web;
use crate::fault::{self, Fault};
use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use hermes_app::{AppError, ByHand};
use hermes_engine::calendar::{Day, WeekStart, Weekday, WeekdaySet};
use hermes_engine::record::{Preferences, RaceDistance};
use hermes_engine::units::{Metres, Seconds, Units};

/// Longest week a runner can ask for, in tenths of the unit on screen.
const WEEKLY_CAP_TENTHS: i64 = 3000;
/// Longest run that a form takes, in tenths of the unit on screen; the rules allow far less.
const RUN_TENTHS: i64 = 2000;
/// Longest cap of a day, in minutes.
const DAY_CAP_MINUTES: u16 = 600;
/// Longest time a goal can name.
const GOAL_HOURS: i64 = 24;

/// The fields of a posted form, in order; a name may come more than once.
pub(crate) struct Fields(Vec<(String, String)>);

impl FromRequest<Web> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Fault> {
        match Form::<Vec<(String, String)>>::from_request(request, web).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(refusal) => Err(Fault::Refused(
                match refusal.status() {
                    s @ StatusCode::PAYLOAD_TOO_LARGE => s,
                    _ => StatusCode::BAD_REQUEST,
                },
                "The form did not arrive whole; send it again from the page.".to_owned(),
            )),
        }
    }
}

impl Fields {
    /// Those of an address.
    pub(crate) const fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Is the field there, filled in or not?
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// The first value of that name, trimmed; `None` when it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(n, _)| n == name)?;
        Some(value.trim()).filter(|v| !v.is_empty())
    }

    /// All values of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Names and values as they came.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// Why fields were not taken: a sentence each, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wrong(Vec<(String, String)>);

impl Wrong {
    /// One field, and why.
    pub(crate) fn one(field: &str, sentence: impl Into<String>) -> Self {
        Self(vec![(field.to_owned(), sentence.into())])
    }

    /// Takes the value of a field, or notes what is wrong with it.
    fn take<T>(&mut self, field: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|sentence| self.0.push((field.to_owned(), sentence))).ok()
    }

    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, sentence)| sentence.as_str())
    }

    pub(crate) fn first(&self) -> Option<&str> {
        self.0.first().map(|(name, _)| name.as_str())
    }

    /// The form, where nothing is wrong with it.
    fn or<T>(self, read: Option<T>) -> Result<T, Self> {
        match read {
            Some(read) if self.0.is_empty() => Ok(read),
            _ => Err(self),
        }
    }
}

/// What a use case said of the values of a form: the field that it names, else `other`. What is no
/// matter of the form stays an error.
pub(crate) fn refused(error: AppError, other: &str) -> Result<(StatusCode, Wrong), AppError> {
    match &error {
        AppError::Field { field, sentence } => {
            Ok((fault::status(error.kind()), Wrong::one(field, sentence)))
        }
        AppError::BadInput(sentence) | AppError::Conflict(sentence) => {
            Ok((fault::status(error.kind()), Wrong::one(other, sentence)))
        }
        _ => Err(error),
    }
}

/// A goal as the form says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GoalForm {
    pub(crate) distance: RaceDistance,
    pub(crate) day: Day,
    pub(crate) time: Option<Seconds>,
    pub(crate) priority: u8,
}

impl GoalForm {
    /// # Errors
    /// A sentence about each field that is wrong.
    pub(crate) fn read(fields: &Fields) -> Result<Self, Wrong> {
        let mut wrong = Wrong::default();
        let distance = fields.get("distance").and_then(RaceDistance::parse);
        let distance = distance.ok_or_else(|| "Choose the distance of your race.".to_owned());
        let distance = wrong.take("distance", distance);
        let day = wrong.take("day", day(fields, "day", "Choose the day of your race."));
        let time = wrong.take("time", fields.get("time").map(clock).transpose());
        let priority = match fields.get("priority") {
            None | Some("1") => Ok(1),
            Some("2") => Ok(2),
            Some("3") => Ok(3),
            Some(_) => Err("Choose A, B or C for the race.".to_owned()),
        };
        let priority = wrong.take("priority", priority);
        let read = distance.zip(day).zip(time).zip(priority);
        wrong.or(read.map(|(((distance, day), time), priority)| Self {
            distance,
            day,
            time,
            priority,
        }))
    }
}

/// A day that has to be there.
fn day(fields: &Fields, name: &str, missing: &str) -> Result<Day, String> {
    Day::parse(fields.get(name).ok_or_else(|| missing.to_owned())?).map_err(|e| e.to_string())
}

/// Reads `h:mm:ss`, `h:mm` for an hour and more, or plain `mm:ss` under an hour.
pub(crate) fn clock(text: &str) -> Result<Seconds, String> {
    let wrong = || format!("\"{text}\" is no time; write it as h:mm:ss, for example 1:45:00.");
    let parts: Option<Vec<i64>> = text
        .split(':')
        .map(|p| (1..=2).contains(&p.len()).then(|| p.parse().ok()).flatten())
        .collect();
    let seconds = match parts.as_deref() {
        Some([h, m, s]) if (0..60).contains(m) && (0..60).contains(s) => h * 3600 + m * 60 + s,
        // Two numbers: nobody runs 4 km in under ten minutes, so 1:45 is hours and minutes.
        Some([h, m]) if *h < 10 && (0..60).contains(m) => h * 3600 + m * 60,
        Some([m, s]) if (0..60).contains(s) => m * 60 + s,
        _ => return Err(wrong()),
    };
    if (1..=GOAL_HOURS * 3600).contains(&seconds) { Ok(Seconds(seconds)) } else { Err(wrong()) }
}

/// Preferences as the form says them.
///
/// # Errors
/// A sentence about each field that is wrong.
pub(crate) fn preferences(fields: &Fields) -> Result<Preferences, Wrong> {
    let mut wrong = Wrong::default();
    let run_days =
        fields.all("run_day").filter_map(weekday).fold(WeekdaySet::NONE, |s, d| s.with(d));
    let some = match run_days.is_empty() {
        true => Err("Choose at least one day to run on.".to_owned()),
        false => Ok(()),
    };
    wrong.take("run_day", some);
    let long_run_day = fields.get("long_run_day").and_then(weekday);
    if let Some(day) = long_run_day.filter(|d| !run_days.is_empty() && !run_days.contains(*d)) {
        let day = day.name();
        let why = format!("{day} is your long-run day, so it must be one of your running days.");
        wrong.take::<()>("long_run_day", Err(why));
    }
    let max_runs = fields.get("max_runs").map(|t| within(t, 1, 7, "Most runs a week", "runs"));
    let max_runs = wrong.take("max_runs", max_runs.transpose()).flatten();
    let units = match fields.get("units") {
        Some("miles") => Units::Miles,
        _ => Units::Km,
    };
    let week_start = match fields.get("week_start") {
        Some("sunday") => WeekStart::Sunday,
        _ => WeekStart::Monday,
    };
    let cap = fields.get("weekly_cap").map(|text| weekly_cap(text, units)).transpose();
    let weekly_cap = wrong.take("weekly_cap", cap).flatten();
    let zone = fields.get("time_zone").map(hermes_app::check_time_zone).transpose();
    let year = fields.get("birth_year").map(|t| within(t, 1900, 2020, "Year of birth", ""));
    let birth_year = wrong.take("birth_year", year.transpose()).flatten();
    let mut day_caps = [None; 7];
    for day in Weekday::ALL {
        let name = format!("cap_{}", day.number());
        let cap =
            fields.get(&name).map(|text| within(text, 15, DAY_CAP_MINUTES, day.name(), "minutes"));
        day_caps[usize::from(day.number())] = wrong.take(&name, cap.transpose()).flatten();
    }
    wrong.take("time_zone", zone.map_err(|e| e.to_string()));
    wrong.or(Some(Preferences {
        run_days,
        long_run_day,
        max_runs,
        day_caps,
        weekly_cap,
        week_start,
        units,
        birth_year,
        cautious_start: fields.get("cautious_start").is_some(),
    }))
}

/// A weekday by its number in the schema.
fn weekday(text: &str) -> Option<Weekday> {
    let number: usize = text.parse().ok()?;
    Weekday::ALL.get(number).copied()
}

pub(crate) fn within<N>(text: &str, low: N, high: N, what: &str, unit: &str) -> Result<N, String>
where
    N: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    text.parse().ok().filter(|n| *n >= low && *n <= high).ok_or_else(|| {
        let range = format!("{low} to {high} {unit}");
        format!("{what}: \"{text}\" cannot be used; give a number from {}.", range.trim_end())
    })
}

/// The distance of one run with at most one decimal, in the unit on screen; to 0.1 km.
///
/// # Errors
/// One sentence that says what would be right.
pub(crate) fn distance(text: &str, units: Units) -> Result<Metres, String> {
    let tenths = tenths(text).filter(|t| (1..=RUN_TENTHS).contains(t)).ok_or_else(|| {
        format!(
            "\"{text}\" cannot be used; give a distance such as 8.5 {}",
            crate::text::unit(units)
        )
    })?;
    Ok(match units {
        Units::Km => Metres(tenths * 100),
        // Planned distances are multiples of 0.1 km; the nearest one reads as what was typed.
        Units::Miles => Metres((tenths * 1_609_344 / 10_000 + 50) / 100 * 100),
    })
}

/// A number with at most one decimal, in tenths.
fn tenths(text: &str) -> Option<i64> {
    let (whole, tenth) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok().map(i64::from)).flatten()
    };
    (tenth.len() == 1).then(|| Some(number(whole)? * 10 + number(tenth)?)).flatten()
}

/// A distance of the week with at most one decimal, in the unit on screen.
fn weekly_cap(text: &str, units: Units) -> Result<Metres, String> {
    let tenths = tenths(text).filter(|t| (30..=WEEKLY_CAP_TENTHS).contains(t));
    let tenths = tenths.ok_or_else(|| {
        format!(
            "Longest week: \"{text}\" cannot be used; give a distance from 3 to {} {}.",
            WEEKLY_CAP_TENTHS / 10,
            crate::text::unit(units)
        )
    })?;
    Ok(match units {
        Units::Km => Metres(tenths * 100),
        Units::Miles => Metres((tenths * 1_609_344 + 5_000) / 10_000),
    })
}

/// A run that nothing recorded.
///
/// # Errors
/// A sentence about each field that is wrong.
pub(crate) fn by_hand(fields: &Fields, units: Units) -> Result<ByHand, Wrong> {
    let mut wrong = Wrong::default();
    let get = |name, missing: &str| fields.get(name).ok_or_else(|| missing.to_owned());
    let day = wrong.take("day", day(fields, "day", "Choose the day of the run."));
    let start = get("start", "Say when it began.").and_then(time_of_day);
    let minute = wrong.take("start", start);
    let distance = get("distance", "Say how far it was.").and_then(|t| run_distance(t, units));
    let distance = wrong.take("distance", distance);
    let time = wrong.take("time", get("time", "Say how long it took.").and_then(clock));
    let mut number = |name, low: u16, high: u16, what| {
        let read = fields.get(name).map(|t| within(t, low, high, what, "")).transpose();
        wrong.take(name, read).flatten()
    };
    let heart_rate = number("heart_rate", 30, 240, "Average heart rate");
    let effort = number("effort", 1, 10, "How hard it was");
    let read = day.zip(minute).zip(distance).zip(time);
    wrong.or(read.map(|(((day, minute), distance), time)| ByHand {
        day,
        minute,
        distance,
        time,
        name: fields.get("name").map(str::to_owned),
        trail: fields.get("trail").is_some(),
        race: fields.get("race").is_some(),
        ascent: None,
        heart_rate,
        effort: effort.and_then(|e| u8::try_from(e).ok()),
    }))
}

/// Minutes after midnight.
fn time_of_day(text: &str) -> Result<u16, String> {
    let read = text
        .split_once(':')
        .and_then(|(h, m)| Some((h.parse::<u16>().ok()?, m.get(..2)?.parse::<u16>().ok()?)))
        .filter(|(h, m)| *h < 24 && *m < 60);
    let wrong = || format!("\"{text}\" is no time of the day; write it as 07:30");
    read.map(|(h, m)| h * 60 + m).ok_or_else(wrong)
}

/// A distance that was run, with at most two decimals, in the unit on screen.
fn run_distance(text: &str, units: Units) -> Result<Metres, String> {
    let wrong = || format!("\"{text}\" is no distance; write it as 8.5");
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.len() > 4 || part.len() > 2 || !digits(whole) || !digits(part) {
        return Err(wrong());
    }
    let hundredths: i64 = format!("0{whole}{part:0<2}").parse().map_err(|_| wrong())?;
    Ok(match units {
        Units::Km => Metres(hundredths * 10),
        Units::Miles => Metres((hundredths * 1_609_344 + 50_000) / 100_000),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn times_are_read_as_runners_write_them() {
        assert_eq!(clock("1:45:00"), Ok(Seconds(6300)));
        assert_eq!(clock("1:45"), Ok(Seconds(6300)));
        assert_eq!(clock("42:30"), Ok(Seconds(2550)));
        for bad in ["", "x", "1:75:00", "99:99", "0:00:00", "48:00:00", "1:2:3:4", "-1:00:00"] {
            assert!(clock(bad).is_err_and(|m| m.contains("h:mm:ss")), "{bad}");
        }
    }

    #[test]
    fn a_goal_names_what_is_missing() {
        let goal = GoalForm::read(&fields(&[("distance", "half"), ("day", "2027-04-25")]));
        assert_eq!(goal.map(|g| (g.distance, g.priority)), Ok((RaceDistance::Half, 1)));
        let form = [("distance", "33k"), ("day", "25.4.2027"), ("time", "fast"), ("priority", "1")];
        let wrong = GoalForm::read(&fields(&form)).unwrap_err();
        assert_eq!(wrong.first(), Some("distance"), "all at once, in the order of the form");
        for (field, says) in [("distance", "distance"), ("day", "YYYY-MM-DD"), ("time", "h:mm:ss")]
        {
            assert!(wrong.of(field).is_some_and(|m| m.contains(says)), "{wrong:?}");
        }
        assert_eq!(wrong.of("priority"), None);
        let no_day = GoalForm::read(&fields(&[("distance", "half")])).unwrap_err();
        assert_eq!(no_day, Wrong::one("day", "Choose the day of your race."));
    }

    #[test]
    fn distances_that_were_run_are_read_in_the_unit_on_screen() {
        assert_eq!(run_distance("8.5", Units::Km), Ok(Metres(8_500)));
        assert_eq!(run_distance("8,25", Units::Km), Ok(Metres(8_250)));
        assert_eq!(run_distance("6", Units::Miles), Ok(Metres(9_656)));
        for bad in ["x", "-1", "1e3", "99999", "1.234", "1.2.3"] {
            assert!(run_distance(bad, Units::Km).is_err_and(|w| w.contains("8.5")), "{bad}");
        }
    }

    #[test]
    fn every_wrong_field_of_a_run_is_named() {
        let form = [("day", "x"), ("start", "25:00"), ("distance", "far"), ("effort", "11")];
        let wrong = by_hand(&fields(&form), Units::Km).unwrap_err();
        for field in ["day", "start", "distance", "time", "effort"] {
            assert!(wrong.of(field).is_some(), "{field}: {wrong:?}");
        }
        assert_eq!(wrong.of("heart_rate"), None);
    }

    #[test]
    fn preferences_are_checked_field_by_field() {
        let good = fields(&[
            ("run_day", "2"),
            ("run_day", "0"),
            ("long_run_day", "0"),
            ("max_runs", "2"),
            ("cap_2", "60"),
            ("weekly_cap", "31,5"),
            ("units", "miles"),
            ("week_start", "sunday"),
        ]);
        let p = preferences(&good).unwrap();
        assert_eq!((p.run_days.len(), p.long_run_day), (2, Some(Weekday::Sunday)));
        assert_eq!(p.weekly_cap, Some(Metres(50_694)));
        assert_eq!(p.day_caps[2], Some(60));
        type Typed<'a> = &'a [(&'a str, &'a str)];
        let bad: [(Typed<'_>, &str, &str); 5] = [
            (&[], "run_day", "at least one day"),
            (&[("run_day", "1"), ("long_run_day", "0")], "long_run_day", "long-run day"),
            (&[("run_day", "1"), ("max_runs", "9")], "max_runs", "1 to 7"),
            (&[("run_day", "1"), ("cap_3", "-5")], "cap_3", "Wednesday"),
            (&[("run_day", "1"), ("weekly_cap", "9999")], "weekly_cap", "300 km"),
        ];
        for (pairs, field, says) in bad {
            let wrong = preferences(&fields(pairs)).unwrap_err();
            assert!(wrong.of(field).is_some_and(|m| m.contains(says)), "{wrong:?}");
        }
    }
}
