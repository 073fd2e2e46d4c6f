//! The columns of `activities.csv`: their names, which ones are read, and how a heading is
//! understood.

use std::collections::HashMap;

/// The headings of an export of 2026 in order, English and German (empty where not known). Older
/// exports have fewer of them, in the same order.
pub(crate) const HEADINGS: [(&str, &str); 101] = [
    ("Activity ID", "Aktivitäts-ID"),
    ("Activity Date", "Aktivitätsdatum"),
    ("Activity Name", "Name der Aktivität"),
    ("Activity Type", "Aktivitätsart"),
    ("Activity Description", "Aktivitätsbeschreibung"),
    ("Elapsed Time", "Verstrichene Zeit"),
    ("Distance", "Distanz"),
    ("Max Heart Rate", "Max. Herzfrequenz"),
    ("Relative Effort", "Relative Leistung"),
    ("Commute", "Pendeln"),
    ("Activity Private Note", "Hinweis zur Privatsphäre für Aktivitäten"),
    ("Activity Gear", "Aktivitätsausrüstung"),
    ("Filename", "Dateiname"),
    ("Athlete Weight", "Sportlergewicht"),
    ("Bike Weight", "Fahrradgewicht"),
    ("Elapsed Time", "Verstrichene Zeit"),
    ("Moving Time", "Bewegungszeit"),
    ("Distance", "Distanz"),
    ("Max Speed", "Höchstgeschw."),
    ("Average Speed", "Durchschnittliche Geschwindigkeit"),
    ("Elevation Gain", "Höhenzunahme"),
    ("Elevation Loss", "Höhenunterschied"),
    ("Elevation Low", "Min. Höhe"),
    ("Elevation High", "Max. Höhe"),
    ("Max Grade", "Max. Steigung"),
    ("Average Grade", "Durchschnittliche Steigung"),
    ("Average Positive Grade", "Durchschnittliche positive Steigung"),
    ("Average Negative Grade", "Durchschnittliche negative Steigung"),
    ("Max Cadence", "Max. Tritt-/Schrittfrequenz"),
    ("Average Cadence", "Durchschnittliche Trittfrequenz"),
    ("Max Heart Rate", "Max. Herzfrequenz"),
    ("Average Heart Rate", "Durchschnittliche Herzfrequenz"),
    ("Max Watts", "Max. Watt"),
    ("Average Watts", "Durchschnittliche Watt"),
    ("Calories", "Kalorien"),
    ("Max Temperature", "Max. Temperatur"),
    ("Average Temperature", "Durchschnittliche Temperatur"),
    ("Relative Effort", "Relative Leistung"),
    ("Total Work", "Gesamtarbeit"),
    ("Number of Runs", "Anzahl Läufe"),
    ("Uphill Time", "Bergaufzeit"),
    ("Downhill Time", "Bergabzeit"),
    ("Other Time", "Andere Zeit"),
    ("Perceived Exertion", "Gefühlte Anstrengung"),
    ("Type", "Art"),
    ("Start Time", "Startzeit"),
    ("Weighted Average Power", "Gewichtete durchschnittliche Leistung"),
    ("Power Count", "Leistungszahl"),
    ("Prefer Perceived Exertion", "Gefühlte Anstrengung verwenden"),
    ("Perceived Relative Effort", "Gefühlte relative Leistung"),
    ("Commute", "Pendeln"),
    ("Total Weight Lifted", "Insgesamt gestemmtes Gewicht"),
    ("From Upload", "Von Upload"),
    ("Grade Adjusted Distance", "Auf Steigung angepasste Distanz"),
    ("Weather Observation Time", "Wetterbeobachtungszeit"),
    ("Weather Condition", "Wetterlage"),
    ("Weather Temperature", "Wetter: Temperatur"),
    ("Apparent Temperature", "Scheinbare Temperatur"),
    ("Dewpoint", "Taupunkt"),
    ("Humidity", "Luftfeuchtigkeit"),
    ("Weather Pressure", "Wetter: Druck"),
    ("Wind Speed", "Windgeschwindigkeit"),
    ("Wind Gust", "Windböe"),
    ("Wind Bearing", "Windrichtung"),
    ("Precipitation Intensity", "Niederschlagsintensität"),
    ("Sunrise Time", "Sonnenaufgangszeit"),
    ("Sunset Time", "Sonnenuntergangszeit"),
    ("Moon Phase", "Mondphase"),
    ("Bike", "Fahrrad"),
    ("Gear", "Ausrüstung"),
    ("Precipitation Probability", "Niederschlagswahrscheinlichkeit"),
    ("Precipitation Type", "Niederschlagsart"),
    ("Cloud Cover", "Wolkendecke"),
    ("Weather Visibility", "Wetter: Sichtbarkeit"),
    ("UV Index", "UV-Index"),
    ("Weather Ozone", "Wetter: Ozon"),
    ("Jump Count", "Sprunganzahl"),
    ("Total Grit", "Schwierigkeit insgesamt"),
    ("Average Flow", "Durchschnittlicher Flow"),
    ("Flagged", "Markiert"),
    ("Average Elapsed Speed", "Durchschnittsgeschwindigkeit im Aufzeichnungszeitraum"),
    ("Dirt Distance", "Auf Schotter zurückgelegte Distanz"),
    ("Newly Explored Distance", "Neu getestete Distanz"),
    ("Newly Explored Dirt Distance", "Neu getestete Schotterdistanz"),
    ("Activity Count", "Aktivitätsanzahl"),
    ("Total Steps", "Schritte insgesamt"),
    ("Carbon Saved", "Eingesparte CO₂-Emissionen"),
    ("Pool Length", "Pool-Länge"),
    ("Training Load", "Trainingsbelastung"),
    ("Intensity", "Intensität"),
    ("Average Grade Adjusted Pace", "Durchschnittliches auf Steigung angepasstes Tempo"),
    ("Timer Time", "Stoppuhr-Zeit"),
    ("Total Cycles", "Zyklen gesamt"),
    ("Recovery", "Regeneration"),
    ("With Pet", "Mit Haustier"),
    ("Competition", "Wettbewerb"),
    ("Long Run", "Langer Lauf"),
    ("For a Cause", "Für einen guten Zweck"),
    ("With Kid", ""),
    ("Downhill Distance", ""),
    ("Media", "Medien"),
];

/// Headings before July 2019, in SI units, and what they mean today.
const OLD_HEADINGS: [(&str, Column); 9] = [
    ("id", Column::Id),
    ("date", Column::Date),
    ("name", Column::Name),
    ("type", Column::Type),
    ("elapsed_time", Column::Elapsed),
    ("distance", Column::Distance),
    ("commute", Column::CommuteShown),
    ("gear", Column::Gear),
    ("filename", Column::Filename),
];

/// A column that is read. The number is its place (1-based) in an export of 2026.
///
/// Five names occur twice: first as shown on Strava's pages (kilometres or miles, in the
/// runner's own number format), later in SI units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Strava's")]
pub enum Column {
    Id = 1,
    Date = 2,
    Name = 3,
    Type = 4,
    /// Whole seconds.
    ElapsedShown = 6,
    /// Kilometres or miles with up to two decimals.
    DistanceShown = 7,
    MaxHeartRateShown = 8,
    /// `true` or `false`.
    CommuteShown = 10,
    Gear = 12,
    Filename = 13,
    /// Seconds.
    Elapsed = 16,
    /// Seconds.
    Moving = 17,
    /// Metres.
    Distance = 18,
    /// Metres per second.
    MaxSpeed = 19,
    /// Metres per second.
    AverageSpeed = 20,
    /// Metres.
    ElevationGain = 21,
    MaxHeartRate = 31,
    AverageHeartRate = 32,
    /// Degrees Celsius.
    AverageTemperature = 37,
    /// 1 to 10.
    PerceivedExertion = 44,
    /// Watts.
    WeightedPower = 47,
    /// 0 or 1.
    Commute = 51,
    /// 0 or 1.
    Flagged = 80,
    /// 0 or 1: a race.
    Competition = 96,
}

impl Column {
    /// All columns that are read, in order.
    pub const ALL: [Self; 24] = [
        Self::Id,
        Self::Date,
        Self::Name,
        Self::Type,
        Self::ElapsedShown,
        Self::DistanceShown,
        Self::MaxHeartRateShown,
        Self::CommuteShown,
        Self::Gear,
        Self::Filename,
        Self::Elapsed,
        Self::Moving,
        Self::Distance,
        Self::MaxSpeed,
        Self::AverageSpeed,
        Self::ElevationGain,
        Self::MaxHeartRate,
        Self::AverageHeartRate,
        Self::AverageTemperature,
        Self::PerceivedExertion,
        Self::WeightedPower,
        Self::Commute,
        Self::Flagged,
        Self::Competition,
    ];

    /// Strava's English heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        HEADINGS[self as usize - 1].0
    }

    /// May the column be known by its place alone, in a heading of `columns` columns? The first
    /// 18 have the same order in every language and layout seen since 2019; the next ones are
    /// trusted only when the whole block they belong to is there.
    const fn known_by_place(self, columns: usize) -> bool {
        match self as usize {
            1..=18 => self as usize <= columns,
            19..=24 => columns >= 24,
            // The last column is the media, whatever the layout.
            31 | 32 => columns >= 33,
            _ => false,
        }
    }
}

/// The language of a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Also the ten-column exports before July 2019.
    English,
    /// German.
    German,
    /// Any other: columns are known by their place.
    Other,
}

/// What the first line of `activities.csv` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// How many columns there are.
    pub columns: usize,
    /// Its language.
    pub language: Language,
    /// Where each column of [`Column::ALL`] is, by its number there.
    places: [Option<usize>; Column::ALL.len()],
}

impl Heading {
    /// Understands the cells of the first line. Names count first, as `name + occurrence`; in a
    /// language that is not known, places stand in for names.
    pub(crate) fn read(cells: &[String]) -> Self {
        let names: Vec<String> = cells.iter().map(|cell| normalise(cell)).collect();
        if names.iter().any(|name| name == "elapsed_time") {
            let place = |c: Column| {
                let (name, _) = OLD_HEADINGS.iter().find(|(_, column)| *column == c)?;
                names.iter().position(|n| n == name)
            };
            let places = Column::ALL.map(place);
            return Self { columns: cells.len(), language: Language::English, places };
        }
        let english = by_name(&names, |heading| heading.0);
        let german = by_name(&names, |heading| heading.1);
        let needed = [Column::Id, Column::Date, Column::Type];
        let has = |found: &HashMap<usize, usize>| {
            needed.iter().all(|c| found.contains_key(&(*c as usize)))
        };
        let (language, found) = if has(&english) {
            (Language::English, english)
        } else if has(&german) {
            (Language::German, german)
        } else {
            (Language::Other, english)
        };
        let taken: Vec<usize> = found.values().copied().collect();
        let places = Column::ALL.map(|c| {
            found.get(&(c as usize)).copied().or_else(|| {
                let at = c as usize - 1;
                let guess = language == Language::Other
                    && c.known_by_place(cells.len())
                    && !taken.contains(&at);
                guess.then_some(at)
            })
        });
        Self { columns: cells.len(), language, places }
    }

    /// Where the column is, 0-based.
    pub(crate) fn place(&self, column: Column) -> Option<usize> {
        Column::ALL.iter().position(|c| *c == column).and_then(|n| self.places[n])
    }

    /// Does the export have this column?
    #[must_use]
    pub fn has(&self, column: Column) -> bool {
        self.place(column).is_some()
    }
}

/// Where each heading of one language is found: its number (1-based) to its place (0-based).
fn by_name(
    names: &[String],
    language: impl Fn(&'static (&str, &str)) -> &'static str,
) -> HashMap<usize, usize> {
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    for (n, heading) in HEADINGS.iter().enumerate() {
        known.entry(normalise(language(heading))).or_default().push(n + 1);
    }
    known.remove("");
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut found = HashMap::new();
    for (place, name) in names.iter().enumerate() {
        let occurrence = seen.entry(name).or_default();
        if let Some(number) = known.get(name).and_then(|numbers| numbers.get(*occurrence)) {
            found.insert(*number, place);
        }
        *occurrence += 1;
    }
    found
}

/// A heading without tags (exports of 2023 have `<span class="translation_missing" ...>`),
/// entities, extra space and capitals.
pub(crate) fn normalise(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    for (entity, sign) in [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")] {
        text = text.replace(entity, sign);
    }
    let text = text.replace("&#39;", "'").replace("&amp;", "&").replace('\u{feff}', "");
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(names: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
        names.into_iter().map(Into::into).collect()
    }

    #[test]
    fn every_column_is_found_by_name_in_both_languages() {
        for (language, names) in [
            (Language::English, cells(HEADINGS.map(|h| h.0))),
            (Language::German, cells(HEADINGS.map(|h| h.1))),
        ] {
            let heading = Heading::read(&names);
            assert_eq!(heading.language, language);
            for column in Column::ALL {
                assert_eq!(heading.place(column), Some(column as usize - 1), "{column:?}");
            }
        }
    }

    #[test]
    fn places_stand_in_for_names_only_in_unknown_languages() {
        let foreign = |n: usize| cells((0..n).map(|i| format!("colonne {i}")));
        for n in 10..=101 {
            let heading = Heading::read(&foreign(n));
            assert_eq!(heading.language, Language::Other);
            assert_eq!(heading.place(Column::Id), Some(0));
            assert_eq!(heading.has(Column::Filename), n >= 13);
            assert_eq!(heading.has(Column::Distance), n >= 18);
            assert_eq!(heading.has(Column::ElevationGain), n >= 24);
            assert_eq!(heading.has(Column::AverageHeartRate), n >= 33);
            assert!(!heading.has(Column::Competition));
        }
        // English with a column taken out: nothing is guessed for it.
        let mut names = cells(HEADINGS.map(|h| h.0));
        names.remove(16);
        let heading = Heading::read(&names);
        assert!(!heading.has(Column::Moving));
        assert_eq!(heading.place(Column::Distance), Some(16));
    }

    #[test]
    fn the_layout_of_2019_is_in_si_units() {
        let names = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename";
        let heading = Heading::read(&cells(names.split(',')));
        assert_eq!(heading.columns, 10);
        assert_eq!(heading.place(Column::Distance), Some(6));
        assert_eq!(heading.place(Column::Elapsed), Some(5));
        assert!(!heading.has(Column::DistanceShown));
    }

    #[test]
    fn tags_and_entities_are_no_part_of_a_name() {
        let cell = "<span class=\"x\" title=\"missing: en-US.lib\">Moving&nbsp; Time</span>";
        assert_eq!(normalise(cell), "moving time");
        assert_eq!(normalise("\u{feff}Activity ID"), "activity id");
        assert_eq!(normalise("a < b"), "a");
    }
}
