//! Whole seasons of virtual runners, week by week, as the pipeline plans them: published weeks
//! break no rule, are not needlessly poor, and follow from nothing but their inputs.

#![expect(clippy::unwrap_used, reason = "a test may panic; these are its helpers")]

mod absurd;
mod hostile;
mod mend;
mod plenty;
mod same;
mod steady;
mod worse;

/// Weeks that the long tests plan: HERMES_TEST_WEEKS, or what keeps the whole test run short.
#[expect(clippy::disallowed_methods, reason = "how long a test runs is the tester's choice")]
pub(crate) fn weeks(default: u64) -> u64 {
    std::env::var("HERMES_TEST_WEEKS").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}
