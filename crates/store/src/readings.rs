//! What the points of an activity's file say: the points themselves as bytes, splits, best efforts
//! and the figures that the engine is given. All of it belongs to one source of the activity.

use crate::database::{Db, Record, Row, Store, args, record, statements};
use crate::error::Result;
use crate::imports::Source;
use crate::value::{Scalar, Text, Value};
use hermes_engine::record::Streams;
use hermes_engine::units::{Metres, Seconds};
use uuid::Uuid;

/// Most rows of splits and laps that one reading may have.
pub const SPLITS_MAX: usize = 6_000;

/// The sources of an activity in the order in which their points count for it.
macro_rules! by_rank {
    () => {
        "CASE s.source WHEN 'file' THEN 0 WHEN 'strava_archive' THEN 1 \
         WHEN 'strava' THEN 2 ELSE 3 END, s.created_at, s.id"
    };
}

statements! {
    STREAMS = concat!(
        "SELECT t.source_id, s.source, t.points, t.bytes, t.device FROM activity_streams t \
         JOIN activity_sources s ON s.id = t.source_id \
         WHERE t.user_id = $1 AND s.activity_id = $2 ORDER BY ", by_rank!(), " LIMIT 1"
    );
    SPLITS = "SELECT kind, number, distance_cm, elapsed_ms, moving_ms, graded_cm, rise_cm, \
        heart_rate FROM activity_splits WHERE user_id = $1 AND source_id = $2 \
        ORDER BY kind, number";
    EFFORTS = "SELECT distance_cm, time_ms, start_ms, heart_rate FROM best_efforts \
        WHERE user_id = $1 AND source_id = $2 ORDER BY distance_cm";
    CLEAR_SPLITS = "DELETE FROM activity_splits WHERE user_id = $1 AND source_id = $2";
    CLEAR_EFFORTS = "DELETE FROM best_efforts WHERE user_id = $1 AND source_id = $2";
    [bulk] INSERT_STREAMS(
        "INSERT INTO activity_streams (source_id, user_id, points, bytes, device) VALUES", 5,
        "ON CONFLICT (source_id) DO UPDATE SET points = excluded.points, \
         bytes = excluded.bytes, device = excluded.device"
    );
    [bulk] INSERT_SPLITS(
        "INSERT INTO activity_splits (source_id, user_id, kind, number, distance_cm, \
         elapsed_ms, moving_ms, graded_cm, rise_cm, heart_rate) VALUES", 10, ""
    );
    [bulk] INSERT_EFFORTS(
        "INSERT INTO best_efforts (source_id, user_id, distance_cm, time_ms, start_ms, \
         heart_rate) VALUES", 6, ""
    );
}

record! {
    /// What the engine is told of an activity's points, and where it took place. Every value is
    /// `None` where the points do not say it.
    #[derive(Default)]
    pub struct Figures {
        /// G1: metres on level ground that cost as much as what was run.
        pub graded_meters: Option<i32>,
        /// D1: loss of speed per heart beat between the halves, thousandths.
        pub decoupling_permille: Option<i32>,
        /// I6: highest heart rate held for 10 s, beats per minute.
        pub held_heartrate: Option<i32>,
        /// Fastest 400 m, grade-adjusted; the three are there together or not at all.
        pub fastest_400_seconds: Option<i32>,
        /// Fastest 800 m.
        pub fastest_800_seconds: Option<i32>,
        /// Fastest 5000 m.
        pub fastest_5000_seconds: Option<i32>,
        /// Under a roof (treadmill) or not, where that is known.
        pub indoor: Option<bool>,
    }
}

fn small(n: i64) -> Option<i32> {
    i32::try_from(n).ok()
}

impl Figures {
    /// The figures as the engine has them; what does not fit its column is left out.
    #[must_use]
    pub fn of(streams: &Streams, indoor: Option<bool>) -> Self {
        let fastest =
            streams.fastest.and_then(|[a, b, c]| Some([small(a.0)?, small(b.0)?, small(c.0)?]));
        let at = |n: usize| fastest.and_then(|times| times.get(n).copied());
        Self {
            graded_meters: streams.graded.and_then(|m| small(m.0)),
            decoupling_permille: streams.decoupling.and_then(small),
            held_heartrate: streams.max_heart_rate.map(i32::from),
            fastest_400_seconds: at(0),
            fastest_800_seconds: at(1),
            fastest_5000_seconds: at(2),
            indoor,
        }
    }

    /// What a row of an activity tells the engine.
    pub(crate) fn engine(row: &Row) -> Result<Option<Streams>> {
        Ok(Self {
            graded_meters: row.get("graded_meters")?,
            decoupling_permille: row.get("decoupling_permille")?,
            held_heartrate: row.get("held_heartrate")?,
            fastest_400_seconds: row.get("fastest_400_seconds")?,
            fastest_800_seconds: row.get("fastest_800_seconds")?,
            fastest_5000_seconds: row.get("fastest_5000_seconds")?,
            indoor: None,
        }
        .streams())
    }

    /// As the engine reads them; `None` where there is nothing to read.
    #[must_use]
    pub fn streams(&self) -> Option<Streams> {
        let seconds = |s: Option<i32>| s.map(|s| Seconds(i64::from(s)));
        let fastest = (|| {
            Some([
                seconds(self.fastest_400_seconds)?,
                seconds(self.fastest_800_seconds)?,
                seconds(self.fastest_5000_seconds)?,
            ])
        })();
        let streams = Streams {
            graded: self.graded_meters.map(|m| Metres(i64::from(m))),
            decoupling: self.decoupling_permille.map(i64::from),
            max_heart_rate: self.held_heartrate.and_then(|b| u16::try_from(b).ok()),
            fastest,
        };
        (streams != Streams::default()).then_some(streams)
    }
}

/// What a row of splits is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SplitKind {
    Km,
    Lap,
    Mile,
}

impl SplitKind {
    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Km => "km",
            Self::Lap => "lap",
            Self::Mile => "mile",
        }
    }
}

impl Value for SplitKind {
    const NAME: &'static str = "kind of split";
    const KIND: crate::value::Kind = crate::value::Kind::Text;
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.name().to_owned())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        let name = String::from_scalar(scalar)?;
        [Self::Km, Self::Lap, Self::Mile].into_iter().find(|k| k.name() == name)
    }
}

record! {
    /// One kilometre, mile or lap.
    pub struct Split {
        /// What it is.
        pub kind: SplitKind,
        /// Its number among those of its kind, from 1.
        pub number: i32,
        /// Its length in centimetres.
        pub distance_cm: Option<i32>,
        /// From its start to its end, milliseconds.
        pub elapsed_ms: i32,
        /// Of that moving, milliseconds.
        pub moving_ms: i32,
        /// Centimetres on level ground that cost as much.
        pub graded_cm: Option<i32>,
        /// Altitude at its end less that at its start (of a lap: its ascent), centimetres.
        pub rise_cm: Option<i32>,
        /// Average heart rate, beats per minute.
        pub heart_rate: Option<i32>,
    }
}

record! {
    /// The fastest stretch of a distance.
    pub struct Effort {
        /// The distance in centimetres.
        pub distance_cm: i32,
        /// Elapsed time, milliseconds.
        pub time_ms: i32,
        /// From the recording's start to the stretch's, milliseconds.
        pub start_ms: i32,
        /// Average heart rate over it, beats per minute.
        pub heart_rate: Option<i32>,
    }
}

/// Everything that was taken from a file beside the activity's own values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// What the engine is told.
    pub figures: Figures,
    /// Number of points.
    pub points: i32,
    /// The points in their own form; empty where the file has none.
    pub bytes: Vec<u8>,
    /// What recorded it.
    pub device: Option<Text<100>>,
    /// Kilometres, miles and laps, at most [`SPLITS_MAX`].
    pub splits: Vec<Split>,
    /// Best efforts, each distance once.
    pub efforts: Vec<Effort>,
}

impl Reading {
    /// Equal digests, nothing to write.
    pub(crate) fn digest(&self) -> String {
        let mut rows = vec![self.figures.args(), args![self.points, self.bytes, self.device]];
        rows.extend(self.splits.iter().map(Split::args));
        rows.extend(self.efforts.iter().map(Effort::args));
        crate::imports::digest_of(rows.iter().flatten())
    }
}

/// The points of an activity, from the source that counts first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReading {
    /// The source that they are of.
    pub source_id: Uuid,
    /// What kind of source that is.
    pub source: Source,
    /// Number of points.
    pub points: i32,
    /// The points in their own form.
    pub bytes: Vec<u8>,
    /// What recorded them.
    pub device: Option<Text<100>>,
    /// Kilometres, laps, miles, each by number.
    pub splits: Vec<Split>,
    /// Best efforts, short to long.
    pub efforts: Vec<Effort>,
}

/// Writes readings of sources; `replaced` are those that had one before.
pub(crate) async fn write(
    db: &mut Db,
    user: Uuid,
    readings: &[(Uuid, &Reading)],
    replaced: &[Uuid],
) -> Result<()> {
    for source in replaced {
        db.execute(CLEAR_SPLITS, args![user, source]).await?;
        db.execute(CLEAR_EFFORTS, args![user, source]).await?;
    }
    let (mut streams, mut splits, mut efforts) = (Vec::new(), Vec::new(), Vec::new());
    let of = |source: Uuid, values: Vec<Scalar>| {
        let mut row = args![source, user];
        row.extend(values);
        row
    };
    for (source, reading) in readings {
        let Reading { points, bytes, device, .. } = reading;
        streams.push(args![*source, user, *points, *bytes, *device]);
        splits.extend(reading.splits.iter().take(SPLITS_MAX).map(|s| of(*source, s.args())));
        efforts.extend(reading.efforts.iter().map(|e| of(*source, e.args())));
    }
    db.bulk(&INSERT_STREAMS, streams).await?;
    db.bulk(&INSERT_SPLITS, splits).await?;
    db.bulk(&INSERT_EFFORTS, efforts).await?;
    Ok(())
}

impl Store {
    /// The points, splits and best efforts of an activity, from the source that counts first;
    /// `None` where no file of it was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reading(&self, user: Uuid, activity: Uuid) -> Result<Option<StoredReading>> {
        let mut db = self.read().await?;
        let Some(row) = db.first(STREAMS, args![user, activity]).await? else { return Ok(None) };
        let source_id: Uuid = row.get("source_id")?;
        let splits = db.all(SPLITS, args![user, source_id]).await?;
        let efforts = db.all(EFFORTS, args![user, source_id]).await?;
        Ok(Some(StoredReading {
            source_id,
            source: row.get("source")?,
            points: row.get("points")?,
            bytes: row.get("bytes")?,
            device: row.get("device")?,
            splits,
            efforts,
        }))
    }
}
