//! Quantities with their unit in the type. All are integers: no floating point decides a plan.

use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
                iter.fold(Self(0), Add::add)
            }
        }
        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0);

            /// `self * thousandths / 1000`, rounded down (towards the safe side for a limit).
            #[must_use]
            pub const fn permille(self, thousandths: $inner) -> Self {
                Self(self.0.saturating_mul(thousandths).div_euclid(1000))
            }
        }
    };
}

quantity!(
    /// A distance in whole metres. Plans use multiples of [`Metres::STEP`].
    Metres(i64)
);
quantity!(
    /// A duration in whole seconds.
    Seconds(i64)
);

impl Metres {
    /// The step of planned distances: 0.1 km.
    pub const STEP: Self = Self(100);

    /// `km` whole kilometres.
    #[must_use]
    pub const fn km(km: i64) -> Self {
        Self(km.saturating_mul(1000))
    }

    /// Rounded down to a whole [`Metres::STEP`]; planned distances are always rounded this way.
    #[must_use]
    pub const fn floor_step(self) -> Self {
        Self(self.0.div_euclid(100).saturating_mul(100))
    }

    /// Kilometres with one decimal, rounded half up, for messages: `21.1`.
    #[must_use]
    pub fn km_text(self) -> String {
        let tenths = self.0.saturating_add(50).div_euclid(100);
        format!("{}.{}", tenths.div_euclid(10), tenths.rem_euclid(10))
    }
}

impl Seconds {
    /// `minutes` whole minutes.
    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// `h:mm:ss`, or `m:ss` under an hour.
    #[must_use]
    pub fn clock_text(self) -> String {
        let s = self.0.max(0);
        let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
        if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
    }
}

/// A pace in whole seconds per kilometre: a larger value is slower.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Pace(pub i64);

impl Pace {
    /// The pace of covering `distance` in `time`, rounded to the nearest second; `None` unless
    /// both are positive.
    #[must_use]
    pub const fn of(distance: Metres, time: Seconds) -> Option<Self> {
        if distance.0 <= 0 || time.0 <= 0 {
            return None;
        }
        Some(Self(time.0.saturating_mul(1000).saturating_add(distance.0 / 2) / distance.0))
    }

    /// The time `distance` takes at this pace, rounded to the nearest second.
    #[must_use]
    pub const fn time_for(self, distance: Metres) -> Seconds {
        Seconds(distance.0.saturating_mul(self.0).saturating_add(500).div_euclid(1000))
    }

    /// The distance covered in `time` at this pace, rounded down to the metre; zero for a pace
    /// that is not positive.
    #[must_use]
    pub const fn distance_in(self, time: Seconds) -> Metres {
        if self.0 <= 0 { Metres(0) } else { Metres(time.0.saturating_mul(1000) / self.0) }
    }

    /// `m:ss`, per kilometre.
    #[must_use]
    pub fn text(self) -> String {
        Seconds(self.0).clock_text()
    }

    /// The same pace in whole seconds per mile.
    #[must_use]
    pub const fn per_mile(self) -> Seconds {
        Seconds(self.0.saturating_mul(1_609_344).saturating_add(500_000) / 1_000_000)
    }
}

/// Units on screen; storage is metric always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Units {
    /// Kilometres and minutes per kilometre.
    #[default]
    Km,
    /// Miles and minutes per mile.
    Miles,
}

impl Units {
    /// A distance with one decimal and its unit: `12.3 km`, `7.6 mi`.
    #[must_use]
    pub fn distance(self, d: Metres) -> String {
        match self {
            Self::Km => format!("{} km", d.km_text()),
            Self::Miles => {
                let tenths =
                    d.0.saturating_mul(10_000).saturating_add(804_672).div_euclid(1_609_344);
                format!("{}.{} mi", tenths.div_euclid(10), tenths.rem_euclid(10))
            }
        }
    }

    /// A pace and its unit: `5:00/km`, `8:03/mi`.
    #[must_use]
    pub fn pace(self, p: Pace) -> String {
        match self {
            Self::Km => format!("{}/km", p.text()),
            Self::Miles => format!("{}/mi", p.per_mile().clock_text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_saturate() {
        for n in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
            for units in [Units::Km, Units::Miles] {
                assert!(!units.distance(Metres(n)).is_empty());
                assert!(!units.pace(Pace(n)).is_empty());
            }
            let _ = (Metres(n).floor_step(), Metres::km(n), Seconds::minutes(n));
            for m in [i64::MIN, -1, 0, 1, 7, i64::MAX] {
                let _ = (Pace::of(Metres(n), Seconds(m)), Pace(m).time_for(Metres(n)));
                let _ = (Pace(m).distance_in(Seconds(n)), Metres(n).permille(m));
            }
        }
        assert_eq!(Metres(i64::MAX).km_text(), "9223372036854775.8");
    }

    #[test]
    fn planned_distances_round_down() {
        assert_eq!(Metres(19_312).floor_step(), Metres(19_300));
        assert_eq!(Metres(44_000).permille(1100), Metres(48_400));
    }

    #[test]
    fn pace_and_distance_agree() {
        let p = Pace::of(Metres(10_000), Seconds(2700));
        assert_eq!(p, Some(Pace(270)));
        assert_eq!(Pace(270).time_for(Metres(10_000)), Seconds(2700));
        assert_eq!(Pace(270).distance_in(Seconds(2700)), Metres(10_000));
        assert_eq!(Pace::of(Metres(0), Seconds(1)), None);
    }

    #[test]
    fn units_on_screen() {
        assert_eq!(Units::Km.distance(Metres(21_097)), "21.1 km");
        assert_eq!(Units::Miles.distance(Metres(42_195)), "26.2 mi");
        assert_eq!(Units::Miles.pace(Pace(300)), "8:03/mi");
        assert_eq!(Units::Km.pace(Pace(299)), "4:59/km");
        assert_eq!(Seconds(5025).clock_text(), "1:23:45");
    }
}
