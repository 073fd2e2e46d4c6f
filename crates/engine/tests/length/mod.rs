//! How long the long tests are; included by path.

/// Weeks that they plan: `HERMES_TEST_WEEKS`, or what keeps the whole test run short.
#[expect(clippy::disallowed_methods, reason = "how long a test runs is the tester's choice")]
pub(crate) fn weeks(default: u64) -> u64 {
    std::env::var("HERMES_TEST_WEEKS").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}
