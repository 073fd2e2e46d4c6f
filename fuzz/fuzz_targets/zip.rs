//! Any bytes that begin like a zip.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    hermes_fuzz::archive::read(&[b"PK\x03\x04", bytes].concat());
});
