//! Rows below a heading of 2019, which is short enough for the fuzzer to learn.
#![no_main]

libfuzzer_sys::fuzz_target!(|rows: &[u8]| {
    let heading = b"id,date,name,type,description,elapsed_time,distance,commute,gear,filename\n";
    hermes_fuzz::archive::read(&[heading, rows].concat());
});
