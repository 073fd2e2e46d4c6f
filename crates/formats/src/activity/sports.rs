//! Words and numbers for sports to Strava's names.

use hermes_engine::record::Sport;

/// What a file says of its sport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sports {
    /// Strava's English name.
    pub(super) name: &'static str,
    /// What it counts as.
    pub(super) sport: Sport,
    /// Cadence is of steps.
    pub(super) on_foot: bool,
    /// Under a roof.
    pub(super) indoor: bool,
}

impl Sports {
    /// A run outdoors.
    pub(super) const RUN: Self =
        Self { name: "Run", sport: Sport::Run, on_foot: true, indoor: false };

    const fn new(name: &'static str, indoor: bool) -> Self {
        // `match` on texts is not const; their first letters tell these apart.
        let b = name.as_bytes();
        let run = matches!(b, b"Run" | b"TrailRun" | b"VirtualRun");
        let on_foot = run || matches!(b, b"Walk" | b"Hike" | b"Snowshoe");
        Self { name, sport: if run { Sport::Run } else { Sport::Other }, on_foot, indoor }
    }

    /// By FIT's numbers of sport and sub-sport; `None` for a sport that FIT did not have when
    /// this was written.
    pub(super) fn of_fit(sport: u8, sub: u8) -> Option<Self> {
        use rustyfit::profile::typedef::{Sport as S, SubSport as U};
        let (s, u) = (S(sport), U(sub));
        let indoor = [
            U::TREADMILL,
            U::INDOOR_RUNNING,
            U::INDOOR_CYCLING,
            U::SPIN,
            U::INDOOR_ROWING,
            U::ELLIPTICAL,
            U::STAIR_CLIMBING,
            U::LAP_SWIMMING,
            U::INDOOR_WALKING,
            U::STRENGTH_TRAINING,
            U::VIRTUAL_ACTIVITY,
        ];
        let indoor = s == S::FITNESS_EQUIPMENT || indoor.contains(&u);
        let name = match (s, u) {
            (S::RUNNING, U::TRAIL) => "TrailRun",
            (S::RUNNING, U::VIRTUAL_ACTIVITY) => "VirtualRun",
            (S::RUNNING, _) | (S::FITNESS_EQUIPMENT, U::TREADMILL | U::INDOOR_RUNNING) => "Run",
            (S::CYCLING, U::VIRTUAL_ACTIVITY) => "VirtualRide",
            (S::CYCLING, U::MOUNTAIN | U::DOWNHILL) => "MountainBikeRide",
            (S::CYCLING, U::GRAVEL_CYCLING | U::CYCLOCROSS) => "GravelRide",
            (S::CYCLING | S::E_BIKING, U::E_BIKE_MOUNTAIN) => "EMountainBikeRide",
            (S::CYCLING, U::E_BIKE_FITNESS) | (S::E_BIKING, _) => "EBikeRide",
            (S::CYCLING, U::HAND_CYCLING) => "Handcycle",
            (S::CYCLING, _) | (S::FITNESS_EQUIPMENT, U::INDOOR_CYCLING | U::SPIN) => "Ride",
            (S::FITNESS_EQUIPMENT, U::INDOOR_WALKING) | (S::WALKING, _) => "Walk",
            (S::FITNESS_EQUIPMENT, U::INDOOR_ROWING) | (S::ROWING, _) => "Rowing",
            (S::FITNESS_EQUIPMENT, U::ELLIPTICAL) => "Elliptical",
            (S::FITNESS_EQUIPMENT, U::STAIR_CLIMBING) => "StairStepper",
            (S::TRAINING | S::FITNESS_EQUIPMENT, U::STRENGTH_TRAINING) => "WeightTraining",
            (S::TRAINING, U::YOGA) => "Yoga",
            (S::TRAINING, U::PILATES) => "Pilates",
            (S::HIIT, _) => "HighIntensityIntervalTraining",
            (S::SWIMMING, _) => "Swim",
            (S::HIKING | S::MOUNTAINEERING, _) => "Hike",
            (S::CROSS_COUNTRY_SKIING, _) => "NordicSki",
            (S::ALPINE_SKIING, U::BACKCOUNTRY) => "BackcountrySki",
            (S::ALPINE_SKIING, _) => "AlpineSki",
            (S::SNOWBOARDING, _) => "Snowboard",
            (S::SNOWSHOEING, _) => "Snowshoe",
            (S::INLINE_SKATING, _) => "InlineSkate",
            (S::ICE_SKATING, _) => "IceSkate",
            (S::ROCK_CLIMBING | S::FLOOR_CLIMBING, _) => "RockClimbing",
            (S::SAILING, _) => "Sail",
            (S::KAYAKING | S::RAFTING, _) => "Kayaking",
            (S::PADDLING | S::CANOEING, _) => "Canoeing",
            (S::STAND_UP_PADDLEBOARDING, _) => "StandUpPaddling",
            (S::SURFING, _) => "Surfing",
            (S::WINDSURFING, _) => "Windsurf",
            (S::KITESURFING, _) => "Kitesurf",
            (S::GOLF, _) => "Golf",
            (S::SOCCER, _) => "Soccer",
            (S::BASKETBALL, _) => "Basketball",
            (S::VOLLEYBALL, _) => "Volleyball",
            (S::CRICKET, _) => "Cricket",
            (S::TENNIS, _) => "Tennis",
            (S::RACKET, U::PICKLEBALL) => "Pickleball",
            (S::RACKET, U::PADEL) => "Padel",
            (S::RACKET, U::SQUASH) => "Squash",
            (S::RACKET, U::BADMINTON) => "Badminton",
            (S::RACKET, U::TABLE_TENNIS) => "TableTennis",
            (S::RACKET, U::RACQUETBALL) => "Racquetball",
            (S::DANCE, _) => "Dance",
            (S::WHEELCHAIR_PUSH_RUN | S::WHEELCHAIR_PUSH_WALK, _) => "Wheelchair",
            // All that FIT knows and Strava does not.
            _ if format!("{s}").starts_with("Sport(") => return None,
            _ => "Workout",
        };
        Some(Self::new(name, indoor))
    }

    /// By the word of a GPX or TCX file, in whatever case and with whatever signs between: Strava
    /// writes names and, before 2021, numbers of its own; Garmin `trail_running`; others their
    /// own. `None` for a word that is not known.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let letters: String =
            word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let indoor = ["treadmill", "indoor", "virtual"].iter().any(|w| letters.contains(w));
        let name = match letters.as_str() {
            "9" | "run" | "running" | "jogging" | "treadmill" | "roadrunning" | "trackrunning"
            | "streetrunning" | "treadmillrunning" | "indoorrunning" | "runningtreadmill"
            | "indoorrun" | "treadmillrun" | "race" => "Run",
            "trailrun" | "trailrunning" | "trail" | "ultrarun" | "ultrarunning" => "TrailRun",
            "virtualrun" | "virtualrunning" => "VirtualRun",
            "1" | "ride" | "bike" | "biking" | "cycling" | "roadbiking" | "roadcycling"
            | "indoorcycling" => "Ride",
            "mountainbiking" | "mountainbikeride" | "mountainbike" => "MountainBikeRide",
            "gravelride" | "gravelcycling" => "GravelRide",
            "virtualride" => "VirtualRide",
            "ebikeride" | "ebiking" => "EBikeRide",
            "10" | "walk" | "walking" | "indoorwalking" | "casualwalking" => "Walk",
            "4" | "hike" | "hiking" | "mountaineering" => "Hike",
            "16" | "swim" | "swimming" | "lapswimming" | "openwaterswimming" => "Swim",
            "rowing" | "indoorrowing" => "Rowing",
            "elliptical" => "Elliptical",
            "7" | "nordicski" | "crosscountryskiing" => "NordicSki",
            "alpineski" | "skiing" => "AlpineSki",
            "snowshoe" | "snowshoeing" => "Snowshoe",
            "strengthtraining" | "weighttraining" => "WeightTraining",
            "yoga" => "Yoga",
            "other" | "workout" | "fitness" | "multisport" | "generic" => "Workout",
            _ => return None,
        };
        Some(Self::new(name, indoor))
    }

    /// A sport that is not known: no run until told.
    pub(super) const UNKNOWN: Self =
        Self { name: "Workout", sport: Sport::Other, on_foot: false, indoor: false };
}
