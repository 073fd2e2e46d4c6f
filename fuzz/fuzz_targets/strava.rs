//! Bytes as if Strava had sent them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hermes_fuzz::strava::all(bytes));
