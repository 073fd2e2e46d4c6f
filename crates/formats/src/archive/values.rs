//! Texts of a cell to values: dates of every language seen, numbers of every notation, flags and
//! sports.

use hermes_engine::record::Sport;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Months by the beginnings of their names in English, German, French, Spanish, Italian, Dutch
/// and Portuguese. The first beginning that fits decides.
const MONTHS: [(&str, i8); 38] = [
    ("jan", 1),
    ("jän", 1),
    ("ene", 1),
    ("gen", 1),
    ("feb", 2),
    ("fév", 2),
    ("fev", 2),
    ("mär", 3),
    ("mar", 3),
    ("mrt", 3),
    ("maa", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("mai", 5),
    ("may", 5),
    ("mag", 5),
    ("mei", 5),
    ("juin", 6),
    ("jun", 6),
    ("giu", 6),
    ("juil", 7),
    ("jul", 7),
    ("lug", 7),
    ("aug", 8),
    ("aoû", 8),
    ("ago", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("déc", 12),
    ("dic", 12),
];

/// Years in which an activity may lie; anything else is a damaged date.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2100;

/// A date as an export has it, in UTC: `May 29, 2022, 3:53:35 PM`, `09.12.2022, 15:24:49`,
/// `12 janv. 2024, 15:24:49`, `2018-09-12 15:02:23` and their like. Days and months in numbers
/// are refused when it cannot be told which is which (`05/06/2022`).
pub(crate) fn date(text: &str) -> Option<Timestamp> {
    let space = |c: char| if c.is_whitespace() { ' ' } else { c };
    let text: String = text.to_lowercase().chars().map(space).collect();
    // Each number with its length and the sign after it.
    let mut numbers: Vec<(i64, usize, char)> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let same = |c: char| {
            if first.is_ascii_digit() { c.is_ascii_digit() } else { c.is_alphabetic() }
        };
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        if end == 0 {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (token, after) = rest.split_at(end);
        if first.is_ascii_digit() {
            let sign = after.chars().next().unwrap_or(' ');
            numbers.push((token.parse().ok()?, token.len(), sign));
        } else {
            words.push(token.to_owned());
        }
        rest = after;
    }
    let time_at = numbers.iter().position(|(_, _, sign)| *sign == ':')?;
    let (day_part, time_part) = numbers.split_at(time_at);
    let (year, month, day) = year_month_day(day_part, &words)?;
    let (hour, minute, second) = time_of_day(time_part, &words, &text)?;
    if !YEARS.contains(&year) {
        return None;
    }
    let civil = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn year_month_day(part: &[(i64, usize, char)], words: &[String]) -> Option<(i16, i8, i8)> {
    let month_of = |word: &String| {
        MONTHS.iter().find(|(start, _)| word.starts_with(start) && word.chars().count() >= 3)
    };
    let [first, others @ ..] = part else { return None };
    let (year, month, day) = match others {
        // One number of the day and a word for the month.
        [second] => {
            let (_, month) = words.iter().find_map(month_of)?;
            match (first.1, second.1) {
                (1 | 2, 4) => (second.0, i64::from(*month), first.0),
                (4, 1 | 2) => (first.0, i64::from(*month), second.0),
                _ => return None,
            }
        }
        [second, third] if first.1 == 4 => (first.0, second.0, third.0),
        [second, third] if third.1 == 4 && (first.2 == '.' || first.0 > 12) => {
            (third.0, second.0, first.0)
        }
        [second, third] if third.1 == 4 && (second.0 > 12 || second.0 == first.0) => {
            (third.0, first.0, second.0)
        }
        _ => return None,
    };
    Some((year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?))
}

fn time_of_day(part: &[(i64, usize, char)], words: &[String], text: &str) -> Option<(i8, i8, i8)> {
    let (hour, minute, second) = match part {
        [(h, ..), (m, ..)] => (*h, *m, 0),
        // A fourth number would be a fraction of the second.
        [(h, ..), (m, ..), (s, ..)] | [(h, ..), (m, ..), (s, ..), _] => (*h, *m, *s),
        _ => return None,
    };
    let said = |mark: &str| words.iter().any(|word| word == mark);
    let afternoon = said("pm") || text.contains("p.m") || text.contains("p. m");
    let morning = said("am") || text.contains("a.m") || text.contains("a. m");
    let hour = match (morning, afternoon, hour) {
        (false, false, h) => h,
        (true, false, h @ 1..=12) => h % 12,
        (false, true, h @ 1..=12) => h % 12 + 12,
        _ => return None,
    };
    Some((hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?))
}

/// A number in SI units, times `scale` and rounded to the nearest whole. A decimal comma is
/// understood; thousands are never grouped in these columns.
pub(crate) fn si(text: &str, scale: f64) -> Option<i64> {
    let text = text.trim();
    let value: f64 =
        if text.contains('.') { text.parse() } else { text.replace(',', ".").parse() }.ok()?;
    let scaled = (value * scale).round();
    // Far below 2^53, so that the whole number is exact; NaN and infinities fail here too.
    (scaled.abs() < 1e15).then_some(scaled as i64)
}

/// A number as Strava's pages show it, with up to two decimals in the runner's own notation
/// (`9,44`, `9.44`, `1.234,5`, `1,234`), in hundredths. A last sign followed by exactly three
/// digits groups thousands.
pub(crate) fn shown_hundredths(text: &str) -> Option<i64> {
    let text: String =
        text.chars().filter(|c| !c.is_whitespace() && *c != '\'' && *c != '’').collect();
    let signs = |c: char| c == '.' || c == ',';
    let (whole, decimals) = match text.rfind(signs) {
        Some(at) if text.len() - at - 1 != 3 => (&text[..at], &text[at + 1..]),
        _ => (text.as_str(), ""),
    };
    let digits: String = whole.chars().filter(|c| !signs(*c)).collect();
    let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if digits.is_empty() || digits.len() > 9 || decimals.len() > 2 {
        return None;
    }
    if !plain(&digits) || !plain(decimals) {
        return None;
    }
    let hundredths = format!("{decimals:0<2}");
    Some(digits.parse::<i64>().ok()? * 100 + hundredths.parse::<i64>().ok()?)
}

/// Yes or no: `true`, `false`, or a number that is zero or not.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        number => si(number, 1.0).map(|n| n != 0),
    }
}

/// Strava's sport types, as its API names them.
pub const SPORT_TYPES: [&str; 56] = [
    "AlpineSki",
    "BackcountrySki",
    "Badminton",
    "Basketball",
    "Canoeing",
    "Cricket",
    "Crossfit",
    "Dance",
    "EBikeRide",
    "Elliptical",
    "EMountainBikeRide",
    "Golf",
    "GravelRide",
    "Handcycle",
    "HighIntensityIntervalTraining",
    "Hike",
    "IceSkate",
    "InlineSkate",
    "Kayaking",
    "Kitesurf",
    "MountainBikeRide",
    "NordicSki",
    "Padel",
    "Pickleball",
    "Pilates",
    "Racquetball",
    "Ride",
    "RockClimbing",
    "RollerSki",
    "Rowing",
    "Run",
    "Sail",
    "Skateboard",
    "Snowboard",
    "Snowshoe",
    "Soccer",
    "Squash",
    "StairStepper",
    "StandUpPaddling",
    "Surfing",
    "Swim",
    "TableTennis",
    "Tennis",
    "TrailRun",
    "Velomobile",
    "VirtualRide",
    "VirtualRow",
    "VirtualRun",
    "Volleyball",
    "Walk",
    "WeightTraining",
    "Wheelchair",
    "Windsurf",
    "Workout",
    "Yoga",
    "PhysicalTherapy",
];

/// The words of other account languages, and English words that differ from the type's name:
/// lower case, letters and digits only.
const SPORT_WORDS: [(&str, &str); 75] = [
    // Running: de, fr, es, it, nl, pt.
    ("lauf", "Run"),
    ("laufen", "Run"),
    ("courseàpied", "Run"),
    ("course", "Run"),
    ("carrera", "Run"),
    ("carreraapie", "Run"),
    ("corsa", "Run"),
    ("hardloopsessie", "Run"),
    ("hardlopen", "Run"),
    ("corrida", "Run"),
    ("traillauf", "TrailRun"),
    ("trail", "TrailRun"),
    ("courseentrail", "TrailRun"),
    ("carreradetrail", "TrailRun"),
    ("carreradetrailrunning", "TrailRun"),
    ("carrerademontaña", "TrailRun"),
    ("trailrunning", "TrailRun"),
    ("corsatrail", "TrailRun"),
    ("trailrunsessie", "TrailRun"),
    ("corridaemtrilha", "TrailRun"),
    ("corridadetrilha", "TrailRun"),
    ("virtuellerlauf", "VirtualRun"),
    ("courseàpiedvirtuelle", "VirtualRun"),
    ("coursevirtuelle", "VirtualRun"),
    ("carreravirtual", "VirtualRun"),
    ("corsavirtuale", "VirtualRun"),
    ("virtuelehardloopsessie", "VirtualRun"),
    ("corridavirtual", "VirtualRun"),
    // Riding.
    ("radfahrt", "Ride"),
    ("fahrt", "Ride"),
    ("sortieàvélo", "Ride"),
    ("sortievélo", "Ride"),
    ("vueltaenbicicleta", "Ride"),
    ("bicicleta", "Ride"),
    ("giroinbicicletta", "Ride"),
    ("pedalata", "Ride"),
    ("fietsrit", "Ride"),
    ("rit", "Ride"),
    ("pedalada", "Ride"),
    ("virtuelleradfahrt", "VirtualRide"),
    ("sortievirtuelle", "VirtualRide"),
    ("virtuelefietsrit", "VirtualRide"),
    ("pedaladavirtual", "VirtualRide"),
    ("ebikefahrt", "EBikeRide"),
    ("mountainbikefahrt", "MountainBikeRide"),
    ("gravelradfahrt", "GravelRide"),
    ("gravelfahrt", "GravelRide"),
    // On foot.
    ("wanderung", "Hike"),
    ("wandern", "Hike"),
    ("randonnée", "Hike"),
    ("senderismo", "Hike"),
    ("excursión", "Hike"),
    ("escursione", "Hike"),
    ("trilha", "Hike"),
    ("spaziergang", "Walk"),
    ("marche", "Walk"),
    ("caminata", "Walk"),
    ("camminata", "Walk"),
    ("wandeling", "Walk"),
    ("caminhada", "Walk"),
    // Other.
    ("schwimmen", "Swim"),
    ("natation", "Swim"),
    ("natación", "Swim"),
    ("nuoto", "Swim"),
    ("zwemmen", "Swim"),
    ("natação", "Swim"),
    ("krafttraining", "WeightTraining"),
    ("musculation", "WeightTraining"),
    ("entrenamientoconpesas", "WeightTraining"),
    ("allenamentopesi", "WeightTraining"),
    ("krachttraining", "WeightTraining"),
    ("treinamentocompeso", "WeightTraining"),
    ("training", "Workout"),
    ("footballsoccer", "Soccer"),
    ("hiit", "HighIntensityIntervalTraining"),
];

/// Strava's English sport type for the text of an activity's type, in any language of its exports;
/// `None` for words not known.
#[must_use]
pub fn sport_type(text: &str) -> Option<&'static str> {
    let word: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let word = word.to_lowercase();
    let named = SPORT_TYPES.into_iter().find(|name| name.eq_ignore_ascii_case(&word));
    named.or_else(|| SPORT_WORDS.into_iter().find(|(w, _)| *w == word).map(|(_, name)| name))
}

/// What a sport type counts as.
#[must_use]
pub fn sport(sport_type: &str) -> Sport {
    match sport_type {
        "Run" | "TrailRun" | "VirtualRun" => Sport::Run,
        _ => Sport::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_language() {
        let expected: Timestamp = "2022-05-29T15:53:35Z".parse().expect("a timestamp");
        for text in [
            "May 29, 2022, 3:53:35 PM",
            "May 29, 2022, 3:53:35\u{202f}PM",
            "May\u{a0}29, 2022, 3:53:35\u{a0}p.m.",
            "29 May 2022, 15:53:35",
            "29.05.2022, 15:53:35",
            "29.5.2022 15:53:35",
            "29 mai 2022, 15:53:35",
            "29 mai 2022 à 15:53:35",
            "29 may. 2022, 15:53:35",
            "29 may 2022, 3:53:35 p.\u{a0}m.",
            "29 mag 2022, 15:53:35",
            "29 mei 2022, 15:53:35",
            "29 de mai. de 2022, 15:53:35",
            "2022-05-29 15:53:35",
            "2022-05-29T15:53:35Z",
            "29/05/2022 15:53:35",
            "5/29/2022 15:53:35",
        ] {
            assert_eq!(date(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn months_of_every_language() {
        let months = [
            "Jan Januar janv. enero ene gen gennaio januari janeiro jan.",
            "Feb Februar févr. febrero feb. febbraio februari fev. fevereiro",
            "Mar März mars marzo mar. maart mrt. março",
            "Apr April avr. abril abr aprile apr. avril",
            "May Mai mai mayo mag maggio mei maio may.",
            "Jun Juni juin junio giu giugno juni junho jun.",
            "Jul Juli juil. julio lug luglio juli julho jul.",
            "Aug August août agosto ago augustus ago. aug.",
            "Sep Sept. sept. septiembre set settembre september setembro set.",
            "Oct Okt oct. octubre ott ottobre oktober outubro out. octobre",
            "Nov November nov. noviembre novembre novembro",
            "Dec Dez déc. diciembre dic dicembre december dezembro dez. décembre",
        ];
        for (n, names) in (1..).zip(months) {
            for name in names.split(' ') {
                let text = format!("7 {name} 2024, 15:24:49");
                let expected = format!("2024-{n:02}-07T15:24:49Z");
                assert_eq!(date(&text).map(|t| t.to_string()), Some(expected), "{text}");
            }
        }
    }

    #[test]
    fn midnight_and_noon() {
        let hour = |text| date(text).map(|t| t.to_zoned(TimeZone::UTC).hour());
        assert_eq!(hour("May 29, 2022, 12:00:01 AM"), Some(0));
        assert_eq!(hour("May 29, 2022, 12:00:01 PM"), Some(12));
        assert_eq!(hour("May 29, 2022, 13:00:01 PM"), None);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "yesterday",
            "May 29, 2022",
            "Feb 30, 2022, 3:53:35 PM",
            "05/06/2022 15:53:35",
            "Foo 29, 2022, 3:53:35 PM",
            "May 29, 22, 3:53:35 PM",
            "29.05.2022, 25:53:35",
            "99999999999999999999.05.2022, 15:53:35",
            "May 29, 0001, 3:53:35 PM",
            ":::",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_of_every_notation() {
        for (text, hundredths) in [
            ("9,44", 944),
            ("9.44", 944),
            ("67.2", 6720),
            ("5", 500),
            ("1.234,56", 123_456),
            ("1,234.5", 123_450),
            ("1,234", 123_400),
            ("1\u{202f}234,56", 123_456),
            ("0", 0),
        ] {
            assert_eq!(shown_hundredths(text), Some(hundredths), "{text}");
        }
        for text in ["", "-", "-3", "1e3", "9.4444", "ten", "99999999999"] {
            assert_eq!(shown_hundredths(text), None, "{text}");
        }
        assert_eq!(si("3322.949951171875", 100.0), Some(332_295));
        assert_eq!(si("1428.0", 1.0), Some(1428));
        assert_eq!(si("1428,5", 10.0), Some(14_285));
        assert_eq!(si("1.0e-05", 100.0), Some(0));
        for text in ["", "NaN", "inf", "1e300", "1,234.5", "abc"] {
            assert_eq!(si(text, 1.0), None, "{text}");
        }
        assert_eq!(flag("1.0"), Some(true));
        assert_eq!(flag("false"), Some(false));
        assert_eq!(flag("maybe"), None);
    }

    #[test]
    fn sports_of_every_language() {
        for (text, name) in [
            ("Run", "Run"),
            ("Lauf", "Run"),
            ("Course à pied", "Run"),
            ("Trail Run", "TrailRun"),
            ("Traillauf", "TrailRun"),
            ("Virtueller Lauf", "VirtualRun"),
            ("E-Bike Ride", "EBikeRide"),
            ("Radfahrt", "Ride"),
            ("Wanderung", "Hike"),
            ("Spaziergang", "Walk"),
            ("Weight Training", "WeightTraining"),
        ] {
            assert_eq!(sport_type(text), Some(name), "{text}");
        }
        assert_eq!(sport_type("Juoksu"), None);
        for (word, name) in SPORT_WORDS {
            assert!(SPORT_TYPES.contains(&name), "{word}");
            assert!(sport_type(word).is_some() && word.chars().all(char::is_alphanumeric));
        }
        assert_eq!(sport("VirtualRun"), Sport::Run);
        assert_eq!(sport("Ride"), Sport::Other);
    }
}
