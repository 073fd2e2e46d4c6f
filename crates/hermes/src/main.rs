//! Hermes.
fn main() {}
