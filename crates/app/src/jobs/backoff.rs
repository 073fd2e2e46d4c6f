//! How long a job waits after it failed.

use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The wait after the first attempt, before it is spread.
pub const BACKOFF_FIRST: SignedDuration = SignedDuration::from_secs(10);
/// The longest wait.
pub const BACKOFF_MAX: SignedDuration = SignedDuration::from_hours(1);

/// The wait after so many attempts: it doubles each time, up to [`BACKOFF_MAX`], and is spread
/// over its upper half, so that jobs that failed together do not all come back together. The same
/// job and attempt wait the same time.
pub(super) fn backoff(id: Uuid, attempts: i32) -> SignedDuration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let factor = 1_i32.checked_shl(doublings).filter(|f| *f > 0).unwrap_or(i32::MAX);
    let whole = BACKOFF_FIRST.checked_mul(factor).map_or(BACKOFF_MAX, |w| w.min(BACKOFF_MAX));
    let digest = Sha256::digest([id.as_bytes().as_slice(), &attempts.to_be_bytes()].concat());
    let spread = digest.first().map_or(0, |byte| i32::from(*byte));
    whole / 2 + whole / 2 * spread / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_differ_from_job_to_job() {
        let id = |n: u128| Uuid::from_u128(n);
        for n in 0..200 {
            let waits: Vec<_> = (1..=40).map(|k| backoff(id(n), k)).collect();
            for (k, wait) in (0..).zip(&waits) {
                let whole = (10_i64 << k.min(20)).min(3_600);
                let whole = SignedDuration::from_secs(whole);
                assert!(whole / 2 <= *wait && *wait <= whole, "attempt {}: {wait:?}", k + 1);
            }
            assert_eq!(waits[4], backoff(id(n), 5), "the same each time");
        }
        let different: std::collections::BTreeSet<_> =
            (0..200).map(|n| backoff(id(n), 3)).collect();
        assert!(different.len() > 80, "{}", different.len());
        for odd in [i32::MIN, -1, 0, i32::MAX] {
            assert!(backoff(id(1), odd) <= BACKOFF_MAX);
        }
    }
}
