//! Bytes as if they were stored streams.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Few points, so that what is behind their number is tried and not their number.
    let few = bytes.get(1).is_some_and(|n| *n < 0x80);
    if let Ok(streams) = hermes_formats::activity::Streams::decode(bytes)
        && few
    {
        hermes_fuzz::activity::points(streams);
    }
});
