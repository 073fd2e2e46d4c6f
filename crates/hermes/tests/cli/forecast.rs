//! `hermes forecast`: the weeks to come under three shares of the plans, and what a change does.

use crate::tools::Machine;

#[test]
fn weeks_are_forecast_and_a_change_says_what_it_does() {
    let machine = Machine::new();
    let archive = machine.path("steady.zip");
    let file = archive.to_str().unwrap();
    machine.ok(&["sample-archive", "--out", file, "--weeks", "40"]);
    machine.ok(&["import", file]);
    let plain = machine.json(&["forecast", "--weeks", "6"]);
    let all = plain["forecasts"].as_array().unwrap();
    let shares: Vec<i64> = all.iter().map(|f| f["adherence_permille"].as_i64().unwrap()).collect();
    assert_eq!(shares, [1000, 800, 600]);
    for forecast in all {
        let weeks = forecast["weeks"].as_array().unwrap();
        assert_eq!(weeks.len(), 6);
        for week in weeks {
            let time = |key: &str| week[key].as_i64().unwrap();
            assert!(time("low_s") <= time("time_s") && time("time_s") <= time("high_s"), "{week}");
        }
    }
    assert_eq!(plain["what_if"], serde_json::Value::Null);
    let fewer = machine.json(&["forecast", "--weeks", "6", "--days", "3"]);
    assert_eq!(fewer["forecasts"], plain["forecasts"]);
    assert!(!fewer["effects"].as_array().unwrap().is_empty(), "{fewer}");
    let run = |f: &serde_json::Value| -> i64 {
        f.as_array().unwrap().iter().map(|w| w["run_m"].as_i64().unwrap()).sum()
    };
    assert!(run(&fewer["what_if"]) < run(&all[0]["weeks"]), "{fewer}");
    let text = machine.ok(&["forecast", "--weeks", "4"]);
    assert!(text.contains("80 %") && text.contains("60 %"), "{text}");
}

#[test]
fn what_cannot_be_forecast_is_one_clear_line() {
    let machine = Machine::new();
    for args in [
        ["--weeks", "106"],
        ["--adherence", "7"],
        ["--miss", "2020-01-01"],
        ["--sick", "tomorrow"],
        ["--race", "10k=2020-01-01"],
        ["--days", "8"],
    ] {
        let done = machine.run(&[&["forecast"][..], &args].concat());
        assert_ne!(done.code, 0, "{args:?}");
        assert_eq!(done.out, "", "{args:?}");
    }
}
