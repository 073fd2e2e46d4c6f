//! Form fields: raw texts first, then checked values. Every refusal is one sentence that says what
//! would be right.

use crate::Web;
use crate::fault::Fault;
use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use hermes_engine::calendar::{Day, WeekStart, Weekday, WeekdaySet};
use hermes_engine::record::{Preferences, RaceDistance};
use hermes_engine::units::{Metres, Seconds, Units};

/// Longest week a runner can ask for, in tenths of the unit on screen.
const WEEKLY_CAP_TENTHS: i64 = 3000;
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
    /// The first value of that name, trimmed; `None` when it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(n, _)| n == name)?;
        Some(value.trim()).filter(|v| !v.is_empty())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
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
    /// One sentence about the first field that is wrong.
    pub(crate) fn read(fields: &Fields) -> Result<Self, String> {
        let distance = fields.get("distance").and_then(RaceDistance::parse);
        let day = fields.get("day").ok_or("Choose the day of your race.")?;
        let priority = match fields.get("priority") {
            None | Some("1") => 1,
            Some("2") => 2,
            Some("3") => 3,
            Some(_) => return Err("Choose A, B or C for the race.".to_owned()),
        };
        Ok(Self {
            distance: distance.ok_or("Choose the distance of your race.")?,
            day: Day::parse(day).map_err(|e| e.to_string())?,
            time: fields.get("time").map(clock).transpose()?,
            priority,
        })
    }
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
/// One sentence about the first field that is wrong.
pub(crate) fn preferences(fields: &Fields) -> Result<Preferences, String> {
    let run_days =
        fields.all("run_day").filter_map(weekday).fold(WeekdaySet::NONE, |s, d| s.with(d));
    if run_days.is_empty() {
        return Err("Choose at least one day to run on.".to_owned());
    }
    let long_run_day = fields.get("long_run_day").and_then(weekday);
    if let Some(day) = long_run_day.filter(|d| !run_days.contains(*d)) {
        let day = day.name();
        return Err(format!("{day} is your long-run day, so it must be one of your running days."));
    }
    let units = match fields.get("units") {
        Some("miles") => Units::Miles,
        _ => Units::Km,
    };
    let week_start = match fields.get("week_start") {
        Some("sunday") => WeekStart::Sunday,
        _ => WeekStart::Monday,
    };
    let mut day_caps = [None; 7];
    for day in Weekday::ALL {
        let name = format!("cap_{}", day.number());
        day_caps[usize::from(day.number())] = fields
            .get(&name)
            .map(|text| within(text, 15, DAY_CAP_MINUTES, day.name(), "minutes"))
            .transpose()?;
    }
    let year = fields.get("birth_year");
    Ok(Preferences {
        run_days,
        long_run_day,
        max_runs: fields
            .get("max_runs")
            .map(|text| within(text, 1, 7, "Most runs a week", "runs"))
            .transpose()?,
        day_caps,
        weekly_cap: fields.get("weekly_cap").map(|text| weekly_cap(text, units)).transpose()?,
        week_start,
        units,
        birth_year: year.map(|t| within(t, 1900, 2020, "Year of birth", "")).transpose()?,
        cautious_start: fields.get("cautious_start").is_some(),
    })
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

/// A distance of the week with at most one decimal, in the unit on screen.
fn weekly_cap(text: &str, units: Units) -> Result<Metres, String> {
    let (whole, tenth) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let number = |text: &str| text.parse::<u16>().ok().map(i64::from);
    let tenths = (tenth.len() == 1)
        .then(|| Some(number(whole)? * 10 + number(tenth)?))
        .flatten()
        .filter(|t| (30..=WEEKLY_CAP_TENTHS).contains(t));
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
        let no_day = GoalForm::read(&fields(&[("distance", "half")]));
        assert!(no_day.is_err_and(|m| m.contains("day of your race")));
        let odd = GoalForm::read(&fields(&[("distance", "33k"), ("day", "2027-04-25")]));
        assert!(odd.is_err_and(|m| m.contains("distance")));
        let date = GoalForm::read(&fields(&[("distance", "5k"), ("day", "25.4.2027")]));
        assert!(date.is_err_and(|m| m.contains("YYYY-MM-DD")));
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
        let bad: [(&[(&str, &str)], &str); 5] = [
            (&[], "at least one day"),
            (&[("run_day", "1"), ("long_run_day", "0")], "long-run day"),
            (&[("run_day", "1"), ("max_runs", "9")], "1 to 7"),
            (&[("run_day", "1"), ("cap_3", "-5")], "Wednesday"),
            (&[("run_day", "1"), ("weekly_cap", "9999")], "300 km"),
        ];
        for (pairs, says) in bad {
            let message = preferences(&fields(pairs)).unwrap_err();
            assert!(message.contains(says), "{message}");
        }
    }
}
