use super::columns::normalise;
use super::container::{PROFILE, Stream};
use super::error::FileError;
use super::limits::Limits;
use super::table::{Records, Splitter};
use super::values;

/// Largest `profile.csv` read: it is one line.
pub(crate) const PROFILE_BYTES: u64 = 1 << 20;

/// The runner, from `profile.csv`. Everything is optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Strava's id of the runner, positive.
    pub athlete_id: Option<i64>,
    /// Address for mail.
    pub email: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// As Strava writes it: `M`, `F` or another letter.
    pub sex: Option<String>,
    /// Weight in grams, between 20 and 400 kg.
    pub weight_g: Option<i64>,
}

/// The headings in order, which is the same in every language.
const HEADINGS: [&str; 7] =
    ["athlete id", "email address", "first name", "last name", "sex", "description", "weight"];

impl Profile {
    /// Reads the two lines of the file; by name, or by place in another language.
    pub(crate) fn read(input: Stream, limits: &Limits) -> Result<Self, FileError> {
        let io = |source| FileError::Unreadable { name: PROFILE.into(), source };
        let mut records = Records::new(input, limits.row_bytes);
        let mut splitter = Splitter::new();
        let Some(first) = records.next().map_err(io)? else { return Ok(Self::default()) };
        splitter.split(&first.bytes);
        let names: Vec<String> = (0..splitter.len())
            .map(|n| normalise(&String::from_utf8_lossy(splitter.cell(n))))
            .collect();
        let known = names.iter().any(|name| name == HEADINGS[0]);
        let Some(second) = records.next().map_err(io)? else { return Ok(Self::default()) };
        splitter.split(&second.bytes);
        let cell = |place: usize| {
            let named = names.iter().position(|name| name == HEADINGS[place]);
            let at = if known { named? } else { place };
            let text = String::from_utf8_lossy(splitter.cell(at)).trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let grams = cell(6).and_then(|text| values::si(&text, 1000.0));
        Ok(Self {
            athlete_id: cell(0).and_then(|id| id.parse().ok()).filter(|id| *id > 0),
            email: cell(1),
            first_name: cell(2),
            last_name: cell(3),
            sex: cell(4),
            weight_g: grams.filter(|g| (20_000..=400_000).contains(g)),
        })
    }
}
