//! docs/OPERATIONS.md and deploy/ say what is: the table of metrics, the commands of the unit and
//! of the container. (The table of settings is compared in `crates/hermes/src/config.rs`.)

use crate::tools::Machine;
use hermes_app::measure::{METRICS, MetricKind};
use std::path::Path;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_table_of_metrics_is_the_programs_own() {
    let rows: Vec<String> = METRICS
        .iter()
        .map(|m| {
            let kind = match m.kind {
                MetricKind::Counter => "counter",
                MetricKind::Gauge => "gauge",
                MetricKind::Seconds(_) => "histogram",
            };
            let labels: Vec<String> = m.labels.iter().map(|l| format!("`{l}`")).collect();
            let labels = if labels.is_empty() { String::new() } else { labels.join(" ") + " " };
            format!("| `{}` | {kind} | {labels}| {} |", m.name, m.help)
        })
        .collect();
    let page = read("docs/OPERATIONS.md");
    let written: Vec<&str> = page
        .lines()
        .skip_while(|line| *line != "| metric | kind | labels | meaning |")
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(written, rows);
}

/// Every command line of Hermes in the files is one that it takes.
#[test]
fn the_unit_and_the_container_run_commands_that_exist() {
    let machine = Machine::new();
    let mut commands = Vec::new();
    for line in read("deploy/hermes.service").lines() {
        let Some(command) = line.strip_prefix("ExecStart=/usr/local/bin/hermes ") else { continue };
        commands.push(command.split(' ').map(str::to_owned).collect());
    }
    for line in read("deploy/Containerfile").lines() {
        let Some(list) = line.trim().strip_prefix("CMD ") else { continue };
        let mut list: Vec<String> = serde_json::from_str(list).unwrap();
        list.retain(|word| word != "/usr/local/bin/hermes");
        commands.push(list);
    }
    assert_eq!(commands.len(), 3, "{commands:?}");
    for command in commands {
        let mut args: Vec<&str> = command.iter().map(String::as_str).collect();
        args.push("--help");
        machine.ok(&args);
        // The check can fail: an option that does not exist is refused even before the help.
        args.insert(args.len() - 1, "--no-such-option");
        assert_eq!(machine.run(&args).code, 2, "{args:?}");
    }
}
