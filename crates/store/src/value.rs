//! Values at the database's edge: what a column can hold, and how each database writes it.
//!
//! | Rust | PostgreSQL | SQLite |
//! |---|---|---|
//! | [`Uuid`] | UUID | `0192...` lowercase, hyphenated |
//! | [`Day`] | DATE | `2026-11-22` |
//! | [`Timestamp`] | TIMESTAMP, UTC, microseconds | `2026-11-22T21:45:36.123456Z` |
//! | [`LocalTime`] | TIMESTAMP, wall clock | `2026-11-22T22:45:36` |
//! | [`Decimal`] | NUMERIC(p,s) | 12.3 |
//! | JSON | JSONB | text |

use hermes_engine::calendar::Day;
use hermes_engine::record::{Ask, DayWish, HealthType, RaceDistance, Sport, Symptoms};
use hermes_engine::units::Metres;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::fmt;
use uuid::Uuid;

/// An exact decimal that fits the column type `DECIMAL(P, S)`: `P` digits, `S` of them after the
/// point. A value that does not fit cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal<const P: u32, const S: u32>(i64);

/// Kilometres of one session.
pub type SessionKm = Decimal<5, 2>;
/// Kilometres of a week or a window.
pub type WeekKm = Decimal<6, 2>;
/// Metres of one activity.
pub type ActivityMetres = Decimal<8, 2>;
/// A share or score with two decimals, 0 to 9.99.
pub type Score = Decimal<3, 2>;
/// Per cent with two decimals, to 999.99.
pub type Percent = Decimal<5, 2>;

impl<const P: u32, const S: u32> Decimal<P, S> {
    /// The largest value's units: `P` nines.
    pub const UNITS_MAX: i64 = 10_i64.pow(P) - 1;

    /// `units` of the last decimal, or `None` where that does not fit the column.
    #[must_use]
    pub const fn new(units: i64) -> Option<Self> {
        if units > Self::UNITS_MAX || units < -Self::UNITS_MAX { None } else { Some(Self(units)) }
    }

    /// Units of the last decimal.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// `value` thousandths (of a score, a share), rounded half up to the column; `None` where
    /// that does not fit.
    #[must_use]
    pub const fn permille(value: i64) -> Option<Self> {
        match rescale(value as i128, 3, S) {
            Some(units) => Self::new(units),
            None => None,
        }
    }

    /// A distance as kilometres, rounded half up to the column; `None` where that does not fit.
    #[must_use]
    pub const fn km(distance: Metres) -> Option<Self> {
        Self::permille(distance.0)
    }

    /// A distance as metres; `None` where that does not fit.
    #[must_use]
    pub const fn metres(distance: Metres) -> Option<Self> {
        match rescale(distance.0 as i128, 0, S) {
            Some(units) => Self::new(units),
            None => None,
        }
    }

    /// The distance in a column of kilometres.
    #[must_use]
    pub const fn from_km(self) -> Metres {
        match rescale(self.0 as i128, S, 3) {
            Some(metres) => Metres(metres),
            None => Metres(0),
        }
    }

    /// The distance in a column of metres, rounded half up to the metre.
    #[must_use]
    pub const fn from_metres(self) -> Metres {
        match rescale(self.0 as i128, S, 0) {
            Some(metres) => Metres(metres),
            None => Metres(0),
        }
    }
}

impl<const P: u32, const S: u32> fmt::Display for Decimal<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal_text(self.0, S))
    }
}

/// `units / 10^from` in units of `10^-to`, rounded half away from zero.
const fn rescale(units: i128, from: u32, to: u32) -> Option<i64> {
    let scaled = if to >= from {
        match units.checked_mul(10_i128.pow(to - from)) {
            Some(scaled) => scaled,
            None => return None,
        }
    } else {
        let divisor = 10_i128.pow(from - to);
        let half = if units < 0 { -(divisor / 2) } else { divisor / 2 };
        (units + half) / divisor
    };
    if scaled > i64::MAX as i128 || scaled < i64::MIN as i128 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked above")]
    Some(scaled as i64)
}

/// The units of a decimal of a scale; `None` where the scalar is no number or too large.
pub(crate) fn decimal_units(scalar: &Scalar, scale: u32) -> Option<i64> {
    match scalar {
        Scalar::Int(n) => rescale(i128::from(*n), 0, scale),
        Scalar::Decimal(units, from) => rescale(*units, *from, scale),
        // SQLite keeps decimals as binary fractions; the nearest decimal is what was stored.
        Scalar::Real(real) => {
            let units = (real * 10_f64.powi(scale.cast_signed())).round();
            #[expect(clippy::cast_possible_truncation, reason = "checked by the comparison")]
            if units.abs() < 9e15 { Some(units as i64) } else { None }
        }
        _ => None,
    }
}

fn decimal_text(units: i64, scale: u32) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let (whole, part) =
        (units.unsigned_abs() / 10_u64.pow(scale), units.unsigned_abs() % 10_u64.pow(scale));
    if scale == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{part:0width$}", width = scale as usize)
}

/// Text that fits a `VARCHAR(N)`: at most `N` characters, none of them U+0000.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text<const N: usize>(String);

impl<const N: usize> Text<N> {
    /// The text, or `None` where it does not fit.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (text.chars().count() <= N && !text.contains('\0')).then_some(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> std::ops::Deref for Text<N> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A local wall clock: seconds since 1970-01-01T00:00:00 of that clock, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(i64);

impl LocalTime {
    /// Midnight at the start of a day.
    #[must_use]
    pub const fn start_of(day: Day) -> Self {
        Self(day.epoch() * 86_400)
    }

    /// The last second of a day.
    #[must_use]
    pub const fn end_of(day: Day) -> Self {
        Self(day.epoch() * 86_400 + 86_399)
    }

    /// From wall-clock seconds since 1970; `None` outside the years that a [`Day`] covers.
    #[must_use]
    pub fn new(seconds: i64) -> Option<Self> {
        let day = Day::from_epoch(seconds.div_euclid(86_400));
        (day.epoch() == seconds.div_euclid(86_400)).then_some(Self(seconds))
    }

    /// Wall-clock seconds since 1970.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The local day.
    #[must_use]
    pub const fn day(self) -> Day {
        Day::from_epoch(self.0.div_euclid(86_400))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.0.rem_euclid(86_400);
        write!(f, "{}T{:02}:{:02}:{:02}", self.day(), s / 3600, s / 60 % 60, s % 60)
    }
}

/// The kind of a [`Scalar`]: PostgreSQL has to be told the type of a NULL too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Bool,
    Text,
    Bytes,
    Id,
    Day,
    Time,
    Decimal,
    Json,
}

/// The values of one column of many rows, on their way to PostgreSQL as one array.
pub(crate) struct Column {
    kind: Kind,
    values: Vec<Scalar>,
}

impl Column {
    /// The columns of some rows. A column is of the kind of its first value.
    pub(crate) fn of(rows: Vec<Vec<Scalar>>, width: usize) -> Vec<Self> {
        let mut columns: Vec<Self> = Vec::with_capacity(width);
        let count = rows.len();
        for row in rows {
            if columns.is_empty() {
                let empty = |s: &Scalar| Self { kind: s.kind(), values: Vec::with_capacity(count) };
                columns.extend(row.iter().map(empty));
            }
            for (column, value) in columns.iter_mut().zip(row) {
                debug_assert_eq!(column.kind, value.kind(), "one kind a column");
                column.values.push(value);
            }
        }
        columns
    }
}

/// One value on its way to or from a database.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Null(Kind),
    Int(i64),
    /// Only read, from SQLite.
    Real(f64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
    Id(Uuid),
    Day(Day),
    /// Microseconds since 1970, UTC.
    Time(i64),
    /// The same for a wall clock.
    Local(LocalTime),
    /// Units and scale.
    Decimal(i128, u32),
    Json(String),
}

impl Scalar {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Null(kind) => *kind,
            Self::Int(_) => Kind::Int,
            Self::Real(_) | Self::Decimal(..) => Kind::Decimal,
            Self::Bool(_) => Kind::Bool,
            Self::Text(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::Id(_) => Kind::Id,
            Self::Day(_) => Kind::Day,
            Self::Time(_) | Self::Local(_) => Kind::Time,
            Self::Json(_) => Kind::Json,
        }
    }

    /// PostgreSQL stores no U+0000 in text; refused on both so that both behave alike.
    pub(crate) fn holds_nul(&self) -> bool {
        match self {
            Self::Text(text) => text.contains('\0'),
            Self::Json(text) => text.contains("\\u0000"),
            _ => false,
        }
    }
}

/// The text that SQLite stores; for digests too. A NULL is `~`, which no other value is.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null(_) => f.write_str("~"),
            Self::Int(n) => write!(f, "{n}"),
            Self::Real(r) => write!(f, "{r}"),
            Self::Bool(b) => write!(f, "{}", u8::from(*b)),
            Self::Text(text) | Self::Json(text) => f.write_str(text),
            Self::Bytes(bytes) => bytes.iter().try_for_each(|b| write!(f, "{b:02x}")),
            Self::Id(id) => write!(f, "{}", id.hyphenated()),
            Self::Day(day) => write!(f, "{day}"),
            Self::Time(micros) => {
                write!(f, "{:.6}", Timestamp::from_microsecond(*micros).map_err(|_| fmt::Error)?)
            }
            Self::Local(clock) => write!(f, "{clock}"),
            Self::Decimal(units, scale) => {
                f.write_str(&decimal_text(i64::try_from(*units).map_err(|_| fmt::Error)?, *scale))
            }
        }
    }
}

/// A type that a column can hold.
pub(crate) trait Value: Sized {
    /// What it is called in an error.
    const NAME: &'static str;
    const KIND: Kind;
    fn to_scalar(&self) -> Scalar;
    /// `None` where the scalar is no such value.
    fn from_scalar(scalar: Scalar) -> Option<Self>;
}

impl<T: Value> Value for Option<T> {
    const NAME: &'static str = T::NAME;
    const KIND: Kind = T::KIND;
    fn to_scalar(&self) -> Scalar {
        self.as_ref().map_or(Scalar::Null(T::KIND), T::to_scalar)
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Null(_) => Some(None),
            other => T::from_scalar(other).map(Some),
        }
    }
}

impl<T: Value> Value for &T {
    const NAME: &'static str = T::NAME;
    const KIND: Kind = T::KIND;
    fn to_scalar(&self) -> Scalar {
        T::to_scalar(self)
    }
    fn from_scalar(_: Scalar) -> Option<Self> {
        None
    }
}

impl Value for i64 {
    const NAME: &'static str = "whole number";
    const KIND: Kind = Kind::Int;
    fn to_scalar(&self) -> Scalar {
        Scalar::Int(*self)
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Int(n) => Some(n),
            // The sum of a BIGINT column is NUMERIC on PostgreSQL.
            Scalar::Decimal(units, scale) => rescale(units, scale, 0),
            _ => None,
        }
    }
}

impl Value for i32 {
    const NAME: &'static str = "whole number of 32 bits";
    const KIND: Kind = Kind::Int;
    fn to_scalar(&self) -> Scalar {
        Scalar::Int(i64::from(*self))
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        i64::from_scalar(scalar).and_then(|n| Self::try_from(n).ok())
    }
}

impl Value for bool {
    const NAME: &'static str = "truth value";
    const KIND: Kind = Kind::Bool;
    fn to_scalar(&self) -> Scalar {
        Scalar::Bool(*self)
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Bool(b) => Some(b),
            Scalar::Int(0) => Some(false),
            Scalar::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl Value for String {
    const NAME: &'static str = "text";
    const KIND: Kind = Kind::Text;
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.clone())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Value for &str {
    const NAME: &'static str = "text";
    const KIND: Kind = Kind::Text;
    fn to_scalar(&self) -> Scalar {
        Scalar::Text((*self).to_owned())
    }
    fn from_scalar(_: Scalar) -> Option<Self> {
        None
    }
}

impl<const N: usize> Value for Text<N> {
    const NAME: &'static str = "text of that length";
    const KIND: Kind = Kind::Text;
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.0.clone())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        String::from_scalar(scalar).and_then(Self::new)
    }
}

impl Value for Vec<u8> {
    const NAME: &'static str = "bytes";
    const KIND: Kind = Kind::Bytes;
    fn to_scalar(&self) -> Scalar {
        Scalar::Bytes(self.clone())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl Value for Uuid {
    const NAME: &'static str = "UUID";
    const KIND: Kind = Kind::Id;
    fn to_scalar(&self) -> Scalar {
        Scalar::Id(*self)
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Id(id) => Some(id),
            Scalar::Text(text) => Self::try_parse(&text).ok(),
            _ => None,
        }
    }
}

impl Value for Day {
    const NAME: &'static str = "date";
    const KIND: Kind = Kind::Day;
    fn to_scalar(&self) -> Scalar {
        Scalar::Day(*self)
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Day(day) => Some(day),
            Scalar::Text(text) => Self::parse(&text).ok(),
            _ => None,
        }
    }
}

impl Value for Timestamp {
    const NAME: &'static str = "UTC timestamp";
    const KIND: Kind = Kind::Time;
    fn to_scalar(&self) -> Scalar {
        Scalar::Time(self.as_microsecond())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Time(micros) => Self::from_microsecond(micros).ok(),
            Scalar::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl Value for LocalTime {
    const NAME: &'static str = "local wall-clock time";
    const KIND: Kind = Kind::Time;
    fn to_scalar(&self) -> Scalar {
        Scalar::Local(*self)
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        let micros = match scalar {
            Scalar::Time(micros) => micros,
            Scalar::Text(text) => {
                let clock: jiff::civil::DateTime = text.parse().ok()?;
                clock.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond()
            }
            _ => return None,
        };
        Self::new(micros.div_euclid(1_000_000))
    }
}

impl<const P: u32, const S: u32> Value for Decimal<P, S> {
    const NAME: &'static str = "decimal of that precision";
    const KIND: Kind = Kind::Decimal;
    fn to_scalar(&self) -> Scalar {
        Scalar::Decimal(i128::from(self.0), S)
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        let units = decimal_units(&scalar, S)?;
        Self::new(units)
    }
}

/// JSON, as text until somebody reads it. Two are equal that say the same: a database may order and
/// space it otherwise.
#[derive(Debug, Clone)]
pub struct Json(String);

impl Json {
    /// What a value writes itself as.
    ///
    /// # Errors
    /// When it cannot be written: a map whose keys are no text.
    pub fn of(value: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::to_string(value).map(Self)
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value that it says.
    ///
    /// # Errors
    /// When it says something else.
    pub fn read<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.0)
    }
}

impl Default for Json {
    fn default() -> Self {
        Self("null".to_owned())
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        Self(value.to_string())
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        let says = |json: &Self| json.read::<serde_json::Value>().ok();
        self.0 == other.0 || says(self) == says(other)
    }
}

impl Eq for Json {}

impl Value for Json {
    const NAME: &'static str = "JSON";
    const KIND: Kind = Kind::Json;
    fn to_scalar(&self) -> Scalar {
        Scalar::Json(self.0.clone())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Json(text) => Some(Self(text)),
            // SQLite keeps text, which a hand may have changed.
            Scalar::Text(text) => {
                serde_json::from_str::<IgnoredAny>(&text).is_ok().then_some(Self(text))
            }
            _ => None,
        }
    }
}

/// What the engine's vocabulary writes itself as JSON.
macro_rules! as_json {
    ($($type:ty: $name:literal,)*) => {$(
        impl Value for $type {
            const NAME: &'static str = $name;
            const KIND: Kind = Kind::Json;
            fn to_scalar(&self) -> Scalar {
                serde_json::to_string(self).map_or(Scalar::Null(Kind::Json), Scalar::Json)
            }
            fn from_scalar(scalar: Scalar) -> Option<Self> {
                match scalar {
                    Scalar::Json(text) | Scalar::Text(text) => serde_json::from_str(&text).ok(),
                    _ => None,
                }
            }
        }
    )*};
}

as_json! {
    Symptoms: "signs of a health record",
    Ask: "edit of a week",
    Vec<DayWish>: "days of an edit",
}

impl Value for RaceDistance {
    const NAME: &'static str = "goal distance";
    const KIND: Kind = Kind::Text;
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.name().to_owned())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        let name = String::from_scalar(scalar)?;
        Self::ALL.into_iter().find(|d| d.name() == name)
    }
}

impl Value for Sport {
    const NAME: &'static str = "sport";
    const KIND: Kind = Kind::Text;
    fn to_scalar(&self) -> Scalar {
        let word = match self {
            Self::Run => "run",
            Self::Other => "other",
        };
        Scalar::Text(word.to_owned())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match String::from_scalar(scalar)?.as_str() {
            "run" => Some(Self::Run),
            "other" => Some(Self::Other),
            _ => None,
        }
    }
}

impl Value for HealthType {
    const NAME: &'static str = "type of health record";
    const KIND: Kind = Kind::Text;
    fn to_scalar(&self) -> Scalar {
        let word = match self {
            Self::Injury => "injury",
            Self::Pain => "pain",
            Self::Fatigue => "fatigue",
            Self::Illness => "illness",
            Self::Other => "other",
        };
        Scalar::Text(word.to_owned())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match String::from_scalar(scalar)?.as_str() {
            "injury" => Some(Self::Injury),
            "pain" => Some(Self::Pain),
            "fatigue" => Some(Self::Fatigue),
            "illness" => Some(Self::Illness),
            "other" => Some(Self::Other),
            _ => None,
        }
    }
}

mod sqlite {
    //! SQLite's side: numbers, and text that a person can read in a SQLite shell.

    use super::Scalar;
    use sqlx::encode::{Encode, IsNull};
    use sqlx::error::BoxDynError;
    use sqlx::sqlite::{Sqlite, SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
    use sqlx::{Decode, Type, TypeInfo, ValueRef};

    impl Type<Sqlite> for Scalar {
        fn type_info() -> SqliteTypeInfo {
            <str as Type<Sqlite>>::type_info()
        }
        fn compatible(_: &SqliteTypeInfo) -> bool {
            true
        }
    }

    impl Encode<'_, Sqlite> for Scalar {
        fn encode_by_ref(&self, args: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
            // Columns of kind NUMERIC turn a decimal's text into a number.
            let text = match self {
                Self::Null(_) => return Ok(IsNull::Yes),
                Self::Int(n) => return Encode::<Sqlite>::encode_by_ref(n, args),
                Self::Real(r) => return Encode::<Sqlite>::encode_by_ref(r, args),
                Self::Bool(b) => return Encode::<Sqlite>::encode(i64::from(*b), args),
                Self::Bytes(bytes) => return Encode::<Sqlite>::encode_by_ref(bytes, args),
                Self::Text(text) | Self::Json(text) => text.clone(),
                other => other.to_string(),
            };
            Encode::<Sqlite>::encode(text, args)
        }
    }

    impl Decode<'_, Sqlite> for Scalar {
        fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
            if value.is_null() {
                return Ok(Self::Null(super::Kind::Text));
            }
            let storage = value.type_info().name().to_owned();
            Ok(match storage.as_str() {
                "INTEGER" => Self::Int(Decode::<Sqlite>::decode(value)?),
                "REAL" => Self::Real(Decode::<Sqlite>::decode(value)?),
                "BLOB" => Self::Bytes(Decode::<Sqlite>::decode(value)?),
                _ => Self::Text(Decode::<Sqlite>::decode(value)?),
            })
        }
    }
}

mod postgres {
    //! PostgreSQL's side: its binary formats.

    use super::{Column, Day, Kind, Scalar, Uuid};
    use sqlx::encode::{Encode, IsNull};
    use sqlx::error::BoxDynError;
    use sqlx::postgres::types::Oid;
    use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, PgValueRef, Postgres};
    use sqlx::{Decode, Type, ValueRef};

    /// Days from 1970-01-01 to PostgreSQL's epoch, 2000-01-01.
    const EPOCH_DAYS: i64 = 10_957;
    const EPOCH_MICROS: i64 = EPOCH_DAYS * 86_400 * 1_000_000;

    /// Type ids of the catalogue `pg_type`; the same in every PostgreSQL.
    mod oid {
        pub(super) const BOOL: u32 = 16;
        pub(super) const BYTEA: u32 = 17;
        pub(super) const INT8: u32 = 20;
        pub(super) const INT2: u32 = 21;
        pub(super) const INT4: u32 = 23;
        pub(super) const TEXT: u32 = 25;
        pub(super) const DATE: u32 = 1082;
        pub(super) const TIMESTAMP: u32 = 1114;
        pub(super) const NUMERIC: u32 = 1700;
        pub(super) const UUID: u32 = 2950;
        pub(super) const JSONB: u32 = 3802;
    }

    /// JSONB's binary format begins with this version.
    const JSONB_VERSION: u8 = 1;

    impl Type<Postgres> for Scalar {
        fn type_info() -> PgTypeInfo {
            PgTypeInfo::with_oid(Oid(oid::TEXT))
        }
        fn compatible(_: &PgTypeInfo) -> bool {
            true
        }
    }

    /// The type of a kind, and that of its arrays.
    const fn oids(kind: Kind) -> (u32, u32) {
        match kind {
            Kind::Int => (oid::INT8, 1016),
            Kind::Bool => (oid::BOOL, 1000),
            Kind::Text => (oid::TEXT, 1009),
            Kind::Bytes => (oid::BYTEA, 1001),
            Kind::Id => (oid::UUID, 2951),
            Kind::Day => (oid::DATE, 1182),
            Kind::Time => (oid::TIMESTAMP, 1115),
            Kind::Decimal => (oid::NUMERIC, 1231),
            Kind::Json => (oid::JSONB, 3807),
        }
    }

    impl Type<Postgres> for Column {
        fn type_info() -> PgTypeInfo {
            PgTypeInfo::with_oid(Oid(oids(Kind::Text).1))
        }
    }

    impl Encode<'_, Postgres> for Column {
        fn produces(&self) -> Option<PgTypeInfo> {
            Some(PgTypeInfo::with_oid(Oid(oids(self.kind).1)))
        }

        /// One dimension, whether there are NULLs, the type; the length and the first index; then
        /// each value after its length.
        fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
            let nulls = self.values.iter().any(|v| matches!(v, Scalar::Null(_)));
            buf.extend_from_slice(&1_i32.to_be_bytes());
            buf.extend_from_slice(&i32::from(nulls).to_be_bytes());
            buf.extend_from_slice(&oids(self.kind).0.to_be_bytes());
            buf.extend_from_slice(&i32::try_from(self.values.len())?.to_be_bytes());
            buf.extend_from_slice(&1_i32.to_be_bytes());
            for value in &self.values {
                let length = buf.len();
                buf.extend_from_slice(&(-1_i32).to_be_bytes());
                if let IsNull::No = Encode::<Postgres>::encode_by_ref(value, buf)? {
                    let size = i32::try_from(buf.len() - length - 4)?;
                    buf[length..length + 4].copy_from_slice(&size.to_be_bytes());
                }
            }
            Ok(IsNull::No)
        }
    }

    impl Encode<'_, Postgres> for Scalar {
        fn produces(&self) -> Option<PgTypeInfo> {
            Some(PgTypeInfo::with_oid(Oid(oids(self.kind()).0)))
        }

        fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
            match self {
                Self::Null(_) => return Ok(IsNull::Yes),
                Self::Int(n) => buf.extend_from_slice(&n.to_be_bytes()),
                Self::Real(_) => return Err("a binary fraction is never written".into()),
                Self::Bool(b) => buf.push(u8::from(*b)),
                Self::Text(text) => buf.extend_from_slice(text.as_bytes()),
                Self::Bytes(bytes) => buf.extend_from_slice(bytes),
                Self::Id(id) => buf.extend_from_slice(id.as_bytes()),
                Self::Day(day) => {
                    let days = i32::try_from(day.epoch() - EPOCH_DAYS)?;
                    buf.extend_from_slice(&days.to_be_bytes());
                }
                Self::Time(micros) => {
                    buf.extend_from_slice(&(micros - EPOCH_MICROS).to_be_bytes());
                }
                Self::Local(clock) => {
                    let micros = clock.seconds() * 1_000_000 - EPOCH_MICROS;
                    buf.extend_from_slice(&micros.to_be_bytes());
                }
                Self::Decimal(units, scale) => numeric_bytes(*units, *scale, buf)?,
                Self::Json(text) => {
                    buf.push(JSONB_VERSION);
                    buf.extend_from_slice(text.as_bytes());
                }
            }
            Ok(IsNull::No)
        }
    }

    impl Decode<'_, Postgres> for Scalar {
        fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
            if value.is_null() {
                return Ok(Self::Null(Kind::Text));
            }
            if value.format() != PgValueFormat::Binary {
                return Err("expected PostgreSQL's binary format".into());
            }
            let oid = value.type_info().oid().map_or(oid::TEXT, |oid| oid.0);
            let bytes = value.as_bytes()?;
            Ok(match oid {
                oid::BOOL => Self::Bool(bytes == [1]),
                oid::BYTEA => Self::Bytes(bytes.to_vec()),
                oid::INT8 => Self::Int(i64::from_be_bytes(bytes.try_into()?)),
                oid::INT4 => Self::Int(i32::from_be_bytes(bytes.try_into()?).into()),
                oid::INT2 => Self::Int(i16::from_be_bytes(bytes.try_into()?).into()),
                oid::DATE => {
                    let days = i64::from(i32::from_be_bytes(bytes.try_into()?)) + EPOCH_DAYS;
                    Self::Day(Day::from_epoch(days))
                }
                oid::TIMESTAMP => {
                    let micros = i64::from_be_bytes(bytes.try_into()?);
                    Self::Time(micros.saturating_add(EPOCH_MICROS))
                }
                oid::NUMERIC => numeric(bytes)?,
                oid::UUID => Self::Id(Uuid::from_slice(bytes)?),
                oid::JSONB => {
                    let text = bytes.get(1..).unwrap_or_default();
                    Self::Json(std::str::from_utf8(text)?.to_owned())
                }
                _ => Self::Text(std::str::from_utf8(bytes)?.to_owned()),
            })
        }
    }

    /// PostgreSQL's NUMERIC is written in base 10 000.
    const BASE: i128 = 10_000;
    /// Decimals of one such digit.
    const DIGIT_DECIMALS: u32 = 4;
    const SIGN_NEGATIVE: u16 = 0x4000;

    /// Count of digits, weight of the first, sign, decimals, digits: 16 bits each.
    fn numeric_bytes(
        units: i128,
        scale: u32,
        buf: &mut PgArgumentBuffer,
    ) -> Result<(), BoxDynError> {
        let fraction_digits = scale.div_ceil(DIGIT_DECIMALS);
        let mut rest = units.abs() * 10_i128.pow(fraction_digits * DIGIT_DECIMALS - scale);
        let mut digits: Vec<i16> = Vec::new();
        while rest > 0 {
            digits.push(i16::try_from(rest % BASE)?);
            rest /= BASE;
        }
        digits.reverse();
        let weight = i16::try_from(digits.len())? - 1 - i16::try_from(fraction_digits)?;
        let sign = if units < 0 { SIGN_NEGATIVE } else { 0 };
        buf.extend_from_slice(&i16::try_from(digits.len())?.to_be_bytes());
        buf.extend_from_slice(&weight.to_be_bytes());
        buf.extend_from_slice(&sign.to_be_bytes());
        buf.extend_from_slice(&u16::try_from(scale)?.to_be_bytes());
        for digit in digits {
            buf.extend_from_slice(&digit.to_be_bytes());
        }
        Ok(())
    }

    fn numeric(bytes: &[u8]) -> Result<Scalar, BoxDynError> {
        let words: Vec<i16> =
            bytes.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]])).collect();
        let [_, weight, sign, _, digits @ ..] = words.as_slice() else {
            return Err("a NUMERIC of less than eight bytes".into());
        };
        let mut units = 0_i128;
        for digit in digits {
            units = units
                .checked_mul(BASE)
                .and_then(|u| u.checked_add(i128::from(*digit)))
                .ok_or("a NUMERIC of too many digits")?;
        }
        let sign = u16::from_be_bytes(sign.to_be_bytes());
        if sign != 0 && sign != SIGN_NEGATIVE {
            return Err("a NUMERIC that is no number".into());
        }
        let missing = i32::from(*weight) + 1 - i32::try_from(digits.len())?;
        let mut scale = 0;
        if missing >= 0 {
            let factor = BASE.checked_pow(missing.unsigned_abs()).ok_or("a NUMERIC too large")?;
            units = units.checked_mul(factor).ok_or("a NUMERIC too large")?;
        } else {
            scale = missing.unsigned_abs() * DIGIT_DECIMALS;
        }
        // `rescale` raises ten to the difference of scales: keep that within 128 bits.
        if scale > 24 {
            return Err("a NUMERIC of too many decimals".into());
        }
        Ok(Scalar::Decimal(if sign == SIGN_NEGATIVE { -units } else { units }, scale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_that_do_not_fit_cannot_be_made() {
        assert_eq!(SessionKm::km(Metres(999_990)).map(|d| d.to_string()), Some("999.99".into()));
        assert_eq!(SessionKm::km(Metres(999_995)), None);
        assert_eq!(SessionKm::km(Metres(12_300)).map(SessionKm::from_km), Some(Metres(12_300)));
        assert_eq!(SessionKm::km(Metres(12_345)).map(|d| d.to_string()), Some("12.35".into()));
        assert_eq!(ActivityMetres::metres(Metres(999_999)).map(|d| d.units()), Some(99_999_900));
        assert_eq!(ActivityMetres::metres(Metres(1_000_000)), None);
        assert_eq!(Score::permille(755).map(|d| d.to_string()), Some("0.76".into()));
        assert_eq!(Percent::new(-5).map(|d| d.to_string()), Some("-0.05".into()));
    }

    #[test]
    fn text_is_counted_in_characters() {
        assert!(Text::<3>::new("äöü").is_some());
        assert!(Text::<3>::new("äöüß").is_none());
        assert!(Text::<3>::new("a\0").is_none());
    }

    #[test]
    fn wall_clocks_read_like_clocks() {
        let clock = LocalTime::new(1_795_384_736).map(|t| t.to_string());
        assert_eq!(clock.as_deref(), Some("2026-11-22T21:58:56"));
        assert_eq!(LocalTime::new(i64::MAX), None);
    }
}
