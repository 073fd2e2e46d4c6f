//! Goal: the machine's time zone and locale change nothing that is planned.
//! Method: the same command in processes with other environments gives the same bytes.

use crate::tools::Machine;
use std::process::Command;

fn run(machine: &Machine, zone: &str, locale: &str, args: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hermes"));
    command.args(args).env_remove("HERMES_DATABASE_URL");
    command.env("HERMES_DATA_DIR", machine.path("data")).env("TZ", zone).env("LC_ALL", locale);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

const PLACES: [(&str, &str); 3] =
    [("UTC", "C"), ("Pacific/Kiritimati", "de_DE.UTF-8"), ("America/Los_Angeles", "tr_TR.UTF-8")];

#[test]
fn a_season_is_the_same_in_every_zone_and_locale() {
    let machine = Machine::new();
    let args = ["simulate", "--runners", "2", "--weeks", "8", "--json"];
    let all = PLACES.map(|(zone, locale)| run(&machine, zone, locale, &args));
    assert!(all[0].len() > 100);
    assert!(all.iter().all(|out| *out == all[0]));
}

#[test]
fn a_plan_is_the_same_in_every_zone_and_locale() {
    let machine = Machine::new();
    let archive = machine.path("a.zip");
    let archive = archive.to_str().unwrap();
    machine.ok(&["--as-of", "2026-03-02", "sample-archive", "--out", archive, "--weeks", "30"]);
    machine.ok(&["import", archive]);
    let args = ["--as-of", "2026-03-02", "plan", "--json"];
    let all = PLACES.map(|(zone, locale)| run(&machine, zone, locale, &args));
    assert!(all[0].len() > 100);
    assert!(all.iter().all(|out| *out == all[0]));
}
