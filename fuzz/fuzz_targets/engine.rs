//! No facts, however absurd, make the engine panic or publish a week that breaks a hard rule.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hermes_fuzz::facts::plan(bytes));
