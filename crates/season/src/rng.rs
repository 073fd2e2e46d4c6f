//! Random numbers that are the same everywhere.

/// splitmix64: small, seeded, the same on every machine.
#[derive(Debug, Clone)]
pub struct Rng(pub u64);

impl Rng {
    /// The numbers of one runner of a cohort: neighbours share nothing.
    #[must_use]
    pub fn of(seed: u64, runner: u64) -> Self {
        let mut first = Self(seed);
        let mut second = Self(first.next() ^ runner.wrapping_mul(0xd134_2543_de82_ef95));
        Self(second.next())
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `low..=high`.
    pub const fn range(&mut self, low: i64, high: i64) -> i64 {
        let span = (high - low + 1) as u64;
        low + (self.next() % span) as i64
    }

    /// Uniform in `low..=high`.
    pub const fn small(&mut self, low: u8, high: u8) -> u8 {
        self.range(low as i64, high as i64) as u8
    }

    /// True so many times in a thousand.
    pub const fn chance(&mut self, permille: i64) -> bool {
        self.range(0, 999) < permille
    }

    /// True once in so many times.
    pub const fn once_in(&mut self, times: i64) -> bool {
        self.range(1, times) == 1
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.next() % from.len() as u64) as usize]
    }
}
