//! Random numbers that are the same everywhere.

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The numbers of one thing among many: neighbours share nothing.
    pub(super) fn of(seed: u64, parts: [u64; 2]) -> Self {
        let mut dice = Self(seed);
        for part in parts {
            dice = Self(dice.roll() ^ part.wrapping_mul(0xd134_2543_de82_ef95));
        }
        dice
    }

    pub(super) const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `low..=high`.
    pub(super) const fn range(&mut self, low: i64, high: i64) -> i64 {
        low + (self.roll() % (high - low + 1) as u64) as i64
    }

    /// True so many times in a thousand.
    pub(super) const fn chance(&mut self, permille: i64) -> bool {
        self.range(0, 999) < permille
    }

    /// `value`, up to `permille` more or less.
    pub(super) const fn vary(&mut self, value: i64, permille: i64) -> i64 {
        value * (1000 + self.range(-permille, permille)) / 1000
    }

    /// One of a list that is not empty.
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.roll() % from.len() as u64) as usize]
    }

    /// Forty hexadecimal digits, the shape of Strava's codes and tokens.
    pub(super) fn token(&mut self) -> String {
        format!("{:016x}{:016x}{:08x}", self.roll(), self.roll(), self.roll() as u32)
    }
}
