//! Messages of a FIT file: the header is made for them, so that the fuzzer need not learn its
//! lengths.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut bytes = vec![14, 0x20, 0, 0];
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(b".FIT\0\0");
    bytes.extend(data);
    bytes.extend([0, 0]);
    hermes_fuzz::activity::all(&bytes);
    // The same bytes as a whole file, or several.
    hermes_fuzz::activity::all(data);
});
