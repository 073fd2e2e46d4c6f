//! Real files, where they are at hand: they are not part of the repository.

use std::path::PathBuf;

/// A file of the shared samples; `None`, said loudly, when they are not at hand.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where samples are"
)]
pub(crate) fn shared(file: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var_os("HERMES_SHARED").map_or_else(|| beside.into(), PathBuf::from);
    let path = root.join("samples").join(file);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: {} is not there; set HERMES_SHARED", path.display());
    let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!ci, "a skipped test is a failure where CI=true");
    None
}
