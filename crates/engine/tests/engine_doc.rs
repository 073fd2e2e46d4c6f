//! `docs/ENGINE.md` is made from the rule set: every rule, constant, unit, evidence grade and source.
//! This test fails where the page says anything else; `HERMES_BLESS=1` writes it anew.

#![expect(clippy::unwrap_used, reason = "a test may panic; these are its helpers")]

use hermes_engine::decision::Rule;
use hermes_engine::evidence::{self, Grade, Source};
use hermes_engine::record::RaceDistance;
use hermes_engine::ruleset::{self, RULESET_VERSION};
use hermes_engine::state::{Phase, State};
use hermes_season::hostile::PARTS;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const STATES: [State; 9] = [
    State::InjuryProtection,
    State::InjuryWatch,
    State::Taper,
    State::Overreach,
    State::Rebuild,
    State::OverrideActive,
    State::Slump,
    State::Probe,
    State::Stable,
];

/// A constant of the rule set as its source file has it.
#[derive(Debug)]
struct Constant {
    name: String,
    value: String,
    /// The rule or the subject it belongs to.
    section: String,
    /// The doc comment in one line.
    meaning: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of the rule set: `mod.rs` first, then by name.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ruleset");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort_by_key(|f| (f.file_name().unwrap() != "mod.rs", f.clone()));
    files
}

/// Reads `/// RULE, unit: meaning. Source.` and the constant under it, file by file.
fn constants() -> Vec<Constant> {
    let mut out = Vec::new();
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let title = text.lines().next().unwrap().trim_start_matches("//! ");
        let mut section = title.trim_end_matches('.').to_owned();
        let mut doc = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(name) = line.strip_prefix("// ---- ") {
                section = name.trim_end_matches(" ----").to_owned();
            } else if let Some(more) = line.strip_prefix("/// ") {
                doc = format!("{doc} {more}");
            } else if let Some(rest) = line.strip_prefix("pub const ")
                && !rest.starts_with("fn ")
            {
                let mut whole = rest.to_owned();
                while !whole.ends_with(';') {
                    whole = format!("{whole} {}", lines.next().unwrap().trim());
                }
                let (name, rest) = whole.split_once(':').unwrap();
                let (_, value) = rest.split_once(" = ").unwrap();
                let value = value.trim_end_matches(';');
                out.push(Constant {
                    name: name.to_owned(),
                    value: plain(value),
                    section: section.clone(),
                    meaning: doc.trim().replace('|', "\\|"),
                });
                doc.clear();
            } else if !line.starts_with("#[") {
                doc.clear();
            }
        }
    }
    out
}

/// A Rust value as a reader of a table wants it.
fn plain(value: &str) -> String {
    value
        .replace("Metres(", "(")
        .replace("Pace(", "(")
        .replace("Seconds::minutes(", "min (")
        .replace("Seconds(", "s (")
        .replace('_', "")
        .replace(", ]", "]")
        .trim_start_matches('(')
        .trim_end_matches(')')
        .replace("min (", "min ")
        .replace("s (", "s ")
        .replace(['(', ')'], "")
        .replace('&', "")
}

/// The evidence that a constant names itself, else that its section names.
fn sources(c: &Constant) -> Vec<&'static Source> {
    let own = evidence::named(&c.meaning);
    if own.is_empty() { evidence::named(&c.section) } else { own }
}

fn is_design(c: &Constant) -> bool {
    let text = format!("{} {}", c.meaning, c.section).to_lowercase();
    ["design", "section", "convention", "daniels", "higdon", "practice"]
        .iter()
        .any(|word| text.contains(word))
}

fn grade(c: &Constant) -> String {
    let grades: Vec<String> = sources(c).iter().map(|s| format!("{:?}", s.grade)).collect();
    let mut grades = grades;
    grades.sort_unstable();
    grades.dedup();
    if grades.is_empty() { "D".to_owned() } else { grades.join(", ") }
}

fn ids(sources: &[&Source]) -> String {
    sources.iter().map(|s| s.id).collect::<Vec<_>>().join(", ")
}

fn page() -> String {
    let mut out = String::from(
        "# The engine's rules, constants and evidence\n\n\
         This page is made from the rule set by `HERMES_BLESS=1 cargo test -p hermes-engine --test \
         engine_doc`; a test fails\nwhere it says anything else. How the rules are read is in \
         [RULES.md](RULES.md), how a week is decided with them in\n[PLANNING.md](PLANNING.md).\n",
    );
    writeln!(out, "\nRule set version {RULESET_VERSION}.").unwrap();
    rules(&mut out);
    states(&mut out);
    tables(&mut out);
    constant_table(&mut out);
    evidence_table(&mut out);
    out
}

fn rules(out: &mut String) {
    out.push_str("\n## Hard rules\n\nNothing switches these off.\n");
    let header = "\n| id | limits | what it says | evidence |\n|---|---|---|---|\n";
    let row = |r: Rule| {
        let (id, title, says, by) = (r.id(), r.title(), r.statement(), r.evidence());
        format!("| {id} | {title} | {says} | {by} |\n")
    };
    out.push_str(header);
    out.extend(Rule::HARD.map(row));
    out.push_str("\n## Soft rules\n\nThey shape a plan; the runner may override them.\n");
    out.push_str(header);
    out.extend(Rule::SOFT.map(row));
}

fn states(out: &mut String) {
    out.push_str("\n## States\n\nExactly one at a time; the highest whose condition stands.\n\n");
    out.push_str("| state | what it means |\n|---|---|\n");
    for s in STATES {
        writeln!(out, "| {} | {} |", s.name(), s.meaning()).unwrap();
    }
}

fn list(values: &[i64]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn tables(out: &mut String) {
    out.push_str("\n## Figures by distance, phase, part and gap\n\n");
    out.push_str(
        "| distance | taper blocks, permille (T1) | quiet days before (T2) \
         | days without quality after (H12) | long run asked for, m (D4) \
         | days without running after, design |\n|---|---|---|---|---|---|\n",
    );
    for d in RaceDistance::ALL {
        let (name, taper) = (d.name(), list(ruleset::taper_permille(d)));
        let (quiet, after) = (ruleset::taper_quiet_days(d), ruleset::recovery_days(d.planned()));
        let (long, rest) = (ruleset::long_run_goal(d).0, ruleset::race_rest_days(d));
        writeln!(out, "| {name} | {taper} | {quiet} | {after} | {long} | {rest} |").unwrap();
    }
    out.push_str("\n| phase | intensity, permille of running time (H06, I3) |\n|---|---|\n");
    for p in [Phase::Base, Phase::Build, Phase::Peak, Phase::Taper, Phase::Recovery] {
        writeln!(out, "| {} | {} |", p.name(), ruleset::intensity_permille(p)).unwrap();
    }
    out.push_str(
        "\n| part | days locked: mild, moderate, severe (H08; J1, J2, design) |\n|---|---|\n",
    );
    for part in PARTS {
        let days = ruleset::lock_days(Some(part));
        let name = serde_json::to_value(part).unwrap();
        let name = name.as_str().unwrap().replace('_', " ");
        writeln!(out, "| {name} | {} |", list(&days)).unwrap();
    }
    out.push_str(
        "\n| run-free days, from | permille of the volume before, by week (H14, B2) |\n|---|---|\n",
    );
    for (from, row) in ruleset::RETURN_ROWS.iter().rev() {
        writeln!(out, "| {from} | {} |", list(row)).unwrap();
    }
}

fn constant_table(out: &mut String) {
    out.push_str(
        "\n## Constants\n\nEach stands once in `crates/engine/src/ruleset/`. Grade: the strongest \
         evidence the constant or its section names; D without one.\n",
    );
    let mut section = String::new();
    for c in constants().iter().filter(|c| c.name != "RULESET_VERSION") {
        if c.section != section {
            section.clone_from(&c.section);
            writeln!(out, "\n### {section}\n").unwrap();
            out.push_str("| constant | value | meaning and source | evidence | grade |\n");
            out.push_str("|---|---|---|---|---|\n");
        }
        let (name, value, meaning) = (&c.name, &c.value, &c.meaning);
        let by = ids(&sources(c));
        writeln!(out, "| `{name}` | {value} | {meaning} | {by} | {} |", grade(c)).unwrap();
    }
}

fn evidence_table(out: &mut String) {
    out.push_str("\n## Evidence\n\n");
    for g in [Grade::A, Grade::B, Grade::C, Grade::D] {
        writeln!(out, "- {g:?}: {}.", g.meaning()).unwrap();
    }
    out.push_str("\n| id | grade | what it says | source |\n|---|---|---|---|\n");
    for s in &evidence::ALL {
        let paper = if s.paper.is_empty() { "design" } else { s.paper };
        writeln!(out, "| {} | {:?} | {} | {paper} |", s.id, s.grade, s.claim).unwrap();
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the one who blesses the page says so")]
fn the_page_says_what_the_rule_set_says() {
    let file = root().join("docs/ENGINE.md");
    let page = page();
    if std::env::var_os("HERMES_BLESS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let stands = std::fs::read_to_string(&file).unwrap();
    let line = stands.lines().zip(page.lines()).position(|(a, b)| a != b);
    assert!(
        stands == page,
        "docs/ENGINE.md is not what the rule set says, first in line {line:?}; make it anew with \
         HERMES_BLESS=1 cargo test -p hermes-engine --test engine_doc"
    );
}

#[test]
fn every_constant_has_a_meaning_and_a_source() {
    let all = constants();
    assert!(all.len() > 100, "{}", all.len());
    let lacking = |c: &&Constant| {
        let known = !sources(c).is_empty() || is_design(c) || c.section.contains("H15");
        c.meaning.len() <= 10 || !(known || c.name == "RULESET_VERSION")
    };
    let lacking: Vec<&Constant> = all.iter().filter(lacking).collect();
    assert!(lacking.is_empty(), "no meaning or no source: {lacking:#?}");
}

#[test]
fn no_constant_stands_twice() {
    let mut names: Vec<String> = constants().into_iter().map(|c| c.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}
