//! `hermes simulate`: the same output whatever the threads, and no database.

use crate::tools::Machine;

const COHORT: [&str; 7] = ["simulate", "--runners", "6", "--weeks", "12", "--seed", "5"];

#[test]
fn a_cohort_is_the_same_on_any_number_of_threads() {
    let machine = Machine::new();
    let with = |threads: &str| {
        let mut args = COHORT.to_vec();
        args.extend(["--threads", threads]);
        machine.json(&args)
    };
    let one = with("1");
    assert_eq!(one, with("3"));
    assert_eq!((one["runners"].as_u64(), one["weeks"].as_u64()), (Some(6), Some(72)));
    assert_eq!(one["breaches"], serde_json::json!({}));
    assert_eq!(one["states"].as_array().unwrap().len(), 9);
    assert!(!machine.has_database());
}

#[test]
fn the_report_puts_hermes_beside_the_predecessor() {
    let text = Machine::new().ok(&COHORT);
    assert!(text.contains("pass  no published week breaks a hard rule: 0 breaches"), "{text}");
    assert!(text.contains("predecessor") && text.contains("per runner-year"), "{text}");
}

#[test]
fn hostile_weeks_are_counted() {
    let text = Machine::new().ok(&["simulate", "--hostile", "--count", "500", "--seed", "9"]);
    assert_eq!(text, "500 hostile weeks, 0 breaches.\n");
}

#[test]
fn cohorts_and_hostile_weeks_exclude_each_other() {
    let done = Machine::new().run(&["simulate", "--hostile", "--runners", "3"]);
    assert_eq!(done.code, 2);
}
