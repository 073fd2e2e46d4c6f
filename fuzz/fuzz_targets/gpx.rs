//! Any text below the root of a GPX file.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    hermes_fuzz::activity::all(&[b"<gpx>", text].concat());
});
