//! The walls inside the sources, as data: each rule says where it holds, what must not stand
//! there and why, and brings the snippets that prove it can fail.

use crate::source::{What, items};

/// One wall.
pub(crate) struct Rule {
    /// What a reader of a failure is told: the absence this rule keeps.
    pub(crate) absence: &'static str,
    /// Where it holds: beginnings of paths below the workspace root, with `/`.
    inside: &'static [&'static str],
    /// Exceptions from `inside`.
    outside: &'static [&'static str],
    /// Whether test code is bound too.
    tests: Tests,
    /// What must not stand there.
    forbidden: Forbidden,
    /// Snippets that break it.
    breaks: &'static [&'static str],
    /// Snippets that look alike and do not.
    keeps: &'static [&'static str],
}

#[derive(PartialEq, Eq)]
enum Tests {
    Bound,
    Free,
}

enum Forbidden {
    /// Paths that contain one of the first, segment by segment, and none of the second. A pattern
    /// that ends in `::` is a crate: paths that begin with it.
    Paths(&'static [&'static str], &'static [&'static str]),
    /// String literals that hold SQL.
    Sql,
}

/// A broken wall.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) found: String,
    pub(crate) absence: String,
}

const EVERYWHERE: &[&str] = &["crates/"];
const NOWHERE: &[&str] = &[];

/// All walls inside the sources.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        absence: "the engine reads no clock, file, network, environment or random number, waits \
                  for nothing, logs nothing and keeps no state: same facts, same plan",
        inside: &["crates/engine/src/"],
        outside: NOWHERE,
        tests: Tests::Free,
        forbidden: Forbidden::Paths(
            &[
                "std::time",
                "std::env",
                "std::fs",
                "std::net",
                "std::io",
                "std::process",
                "std::thread",
                "std::sync::atomic",
                "core::sync::atomic",
                "Instant",
                "SystemTime",
                "Timestamp::now",
                "Zoned::now",
                "TimeZone::system",
                "tokio::",
                "rand::",
                "getrandom::",
                "tracing::",
                "log::",
                "async",
                "await",
                "Mutex",
                "RwLock",
                "thread_local!",
                "println!",
                "eprintln!",
                "print!",
                "eprint!",
                "env!",
                "option_env!",
            ],
            &["env!::CARGO_PKG_VERSION"],
        ),
        breaks: &[
            "use std::time::Duration;",
            "use std::{collections::BTreeMap, fs};",
            "let t = jiff::Timestamp::now();",
            "async fn f() {}",
            "static N: std::sync::Mutex<u8> = x;",
            "println!(\"{week}\");",
        ],
        keeps: &[
            "// std::time is not for us",
            "let s = \"std::env\";",
            "#[cfg(test)] mod tests { use std::fs; }",
            "const VERSION: &str = env!(\"CARGO_PKG_VERSION\");",
        ],
    },
    Rule {
        absence: "the engine has no hash map, whose order differs from run to run",
        inside: &["crates/engine/src/"],
        outside: NOWHERE,
        tests: Tests::Free,
        forbidden: Forbidden::Paths(
            &["HashMap", "HashSet", "RandomState", "DefaultHasher", "std::hash"],
            &[],
        ),
        breaks: &["use std::collections::{BTreeMap, HashSet};", "x: HashMap<u8, u8>"],
        keeps: &["use std::collections::BTreeMap;", "#[derive(Hash)] struct A;"],
    },
    Rule {
        absence: "store, strava and formats know the engine's units, calendar and records, and \
                  no training rule",
        inside: &["crates/store/", "crates/strava/", "crates/formats/"],
        outside: NOWHERE,
        tests: Tests::Bound,
        forbidden: Forbidden::Paths(
            &["hermes_engine"],
            &["hermes_engine::units", "hermes_engine::calendar", "hermes_engine::record"],
        ),
        breaks: &[
            "use hermes_engine::session::Kind;",
            "use hermes_engine::{units::Metres, facts::Facts};",
            "use hermes_engine as e;",
        ],
        keeps: &["use hermes_engine::{units::Metres, calendar::Day};"],
    },
    Rule {
        absence: "the binary and the web know nothing of Strava but its simulator",
        inside: &["crates/hermes/src/", "crates/web/src/"],
        outside: NOWHERE,
        tests: Tests::Free,
        forbidden: Forbidden::Paths(&["hermes_strava"], &["hermes_strava::sim"]),
        breaks: &["use hermes_strava::client::Client;", "use hermes_strava as s;"],
        keeps: &["use hermes_strava::sim::{Options, Simulator};"],
    },
    Rule {
        absence: "no SQL outside the store",
        inside: EVERYWHERE,
        outside: &["crates/store/", "crates/hermes/tests/walls/"],
        tests: Tests::Bound,
        forbidden: Forbidden::Sql,
        breaks: &[
            "\"SELECT id FROM users\"",
            "\"\n    select id\n    from users\"",
            "\"INSERT INTO users (id) VALUES ($1)\"",
            "\"WITH x AS (UPDATE users SET id = 1) SELECT 1\"",
            "\"delete from users\"",
            "concat!(\"CREATE TABLE \", \"users\")",
            "r\"PRAGMA foreign_keys = ON\"",
        ],
        keeps: &[
            "\"Select the archive that you downloaded from Strava\"",
            "\"remove the row or update it\"",
            "\"the file cannot be selected from here\"",
            "// SELECT id FROM users",
        ],
    },
    Rule {
        absence: "no database library outside the store",
        inside: EVERYWHERE,
        outside: &["crates/store/"],
        tests: Tests::Bound,
        forbidden: Forbidden::Paths(&["sqlx::", "rusqlite::", "tokio_postgres::"], &[]),
        breaks: &["use sqlx::Row;"],
        keeps: &["use hermes_store::Store;"],
    },
    Rule {
        absence: "no pages outside web",
        inside: EVERYWHERE,
        outside: &["crates/web/"],
        tests: Tests::Bound,
        forbidden: Forbidden::Paths(&["maud::", "html!"], &[]),
        breaks: &["use maud::Markup;", "fn f() -> M { html! { p { } } }"],
        keeps: &["let html = 1;"],
    },
    Rule {
        absence: "no HTTP server outside web (and the Strava simulator)",
        inside: EVERYWHERE,
        outside: &["crates/web/", "crates/strava/"],
        tests: Tests::Free,
        forbidden: Forbidden::Paths(&["axum::", "tower_http::", "hyper::"], &[]),
        breaks: &["use axum::Router;"],
        keeps: &["use hermes_web::Server;"],
    },
    Rule {
        absence: "no HTTP client outside strava",
        inside: EVERYWHERE,
        outside: &["crates/strava/"],
        tests: Tests::Free,
        forbidden: Forbidden::Paths(&["reqwest::"], &[]),
        breaks: &["let c = reqwest::Client::new();"],
        keeps: &["use hermes_strava::Client;"],
    },
    Rule {
        absence: "no reader of archives or activity files outside formats",
        inside: EVERYWHERE,
        outside: &["crates/formats/"],
        tests: Tests::Free,
        forbidden: Forbidden::Paths(
            &["quick_xml::", "csv::", "zip::", "flate2::", "rustyfit::"],
            &[],
        ),
        breaks: &["let r = csv::Reader::from_path(p);", "use zip::ZipArchive;"],
        keeps: &["a.iter().zip(b)", "#[cfg(test)] mod tests { use csv::Reader; }"],
    },
    Rule {
        absence: "no clock read outside crates/app/src/clock.rs",
        inside: EVERYWHERE,
        outside: &["crates/app/src/clock.rs"],
        tests: Tests::Bound,
        forbidden: Forbidden::Paths(
            &["SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now"],
            &[],
        ),
        breaks: &["let now = std::time::SystemTime::now();", "let f = jiff::Zoned::now;"],
        keeps: &["let now = clock.now();"],
    },
    Rule {
        absence: "no stopwatch outside crates/app/src/clock.rs and tests",
        inside: EVERYWHERE,
        outside: &["crates/app/src/clock.rs"],
        tests: Tests::Free,
        forbidden: Forbidden::Paths(&["Instant::now"], &[]),
        breaks: &["let start = Instant::now();"],
        keeps: &["#[cfg(test)] mod tests { fn f() { Instant::now(); } }"],
    },
    Rule {
        absence: "no metric outside crates/app/src/measure.rs: names and labels are seen at a glance",
        inside: EVERYWHERE,
        outside: &["crates/app/src/measure.rs"],
        tests: Tests::Bound,
        forbidden: Forbidden::Paths(&["metrics::", "metrics_exporter_prometheus::"], &[]),
        breaks: &["use metrics::counter;", "fn f() { metrics::counter!(\"x\").increment(1); }"],
        keeps: &["measure::verified(1, 0, 0);", "let text = app.metrics(&exporter);"],
    },
    Rule {
        absence: "no environment or command line read outside the binary",
        inside: EVERYWHERE,
        outside: &["crates/hermes/src/"],
        tests: Tests::Free,
        forbidden: Forbidden::Paths(
            &[
                "env::var",
                "env::var_os",
                "env::vars",
                "env::vars_os",
                "env::args",
                "env::args_os",
                "env::home_dir",
                "env::temp_dir",
                "env::current_dir",
                "env::current_exe",
                "env!",
                "option_env!",
                "clap::",
            ],
            &["env!::CARGO_PKG_VERSION", "env!::CARGO_PKG_NAME"],
        ),
        breaks: &[
            "use std::env::{self, var};",
            "let home = std::env::home_dir();",
            "const HOME: &str = env!(\"HOME\");",
            "use clap::Parser;",
        ],
        keeps: &["const V: &str = env!(\"CARGO_PKG_VERSION\");", "let env = 1;"],
    },
    Rule {
        absence: "no source of randomness in rooms that decide (ids come from app)",
        inside: &["crates/engine/src/", "crates/formats/src/", "crates/season/src/"],
        outside: NOWHERE,
        tests: Tests::Free,
        forbidden: Forbidden::Paths(&["rand::", "getrandom::", "now_v7", "new_v4"], &[]),
        breaks: &["let id = uuid::Uuid::now_v7();"],
        keeps: &["let id = uuid::Uuid::new_v5(&space, name);"],
    },
    Rule {
        absence: "the checker shares the vocabulary with the generator and no code",
        inside: &["crates/engine/src/rules"],
        outside: NOWHERE,
        tests: Tests::Free,
        forbidden: Forbidden::Paths(
            &[
                "crate",
                "super::super",
                "super::plan",
                "super::limits",
                "super::history",
                "super::repair",
                "super::calibrate",
                "super::roadmap",
                "super::place",
                "super::predict",
            ],
            &[
                "crate::calendar",
                "crate::units",
                "crate::record",
                "crate::session",
                "crate::decision",
                "crate::facts",
                "crate::state",
                "crate::ruleset",
                "crate::rules",
            ],
        ),
        breaks: &[
            "use crate::limits::Limits;",
            "use crate::{units::Metres, history};",
            "use super::super::plan;",
            "let x = crate::calibrate::form(f);",
        ],
        keeps: &["use crate::{units::Metres, facts::Facts};", "pub(crate) fn f() {}"],
    },
    Rule {
        absence: "the generator does not see the checker",
        inside: &[
            "crates/engine/src/plan",
            "crates/engine/src/limits",
            "crates/engine/src/history",
            "crates/engine/src/place",
            "crates/engine/src/trim",
            "crates/engine/src/wish",
            "crates/engine/src/workout",
            "crates/engine/src/repair",
            "crates/engine/src/health",
            "crates/engine/src/ladder",
            "crates/engine/src/level",
            "crates/engine/src/bootcamp",
            "crates/engine/src/assign",
            "crates/engine/src/signals",
            "crates/engine/src/edit",
        ],
        outside: NOWHERE,
        tests: Tests::Free,
        forbidden: Forbidden::Paths(&["crate::rules", "super::rules"], &[]),
        breaks: &["use crate::rules::check;", "use crate::{units, rules};"],
        keeps: &["use crate::ruleset::RAMP;", "#[cfg(test)] mod tests { use crate::rules; }"],
    },
    Rule {
        absence: "no silenced lint without a reason, no unfinished code, no test that never runs",
        inside: EVERYWHERE,
        outside: NOWHERE,
        tests: Tests::Bound,
        forbidden: Forbidden::Paths(&["#allow", "todo!", "unimplemented!", "dbg!", "#ignore"], &[]),
        breaks: &[
            "#[allow(dead_code)] fn f() {}",
            "#![allow(x)]",
            concat!("todo", "!()"),
            concat!("#[", "ignore] fn t() {}"),
        ],
        keeps: &["#[expect(dead_code, reason = \"x\")] fn f() {}", "vec![allow]"],
    },
];

impl Rule {
    fn holds_in(&self, file: &str) -> bool {
        let begins = |places: &[&str]| places.iter().any(|place| file.starts_with(place));
        begins(self.inside) && !begins(self.outside)
    }

    fn forbids(&self, what: &What) -> bool {
        match (&self.forbidden, what) {
            (Forbidden::Paths(forbidden, excepted), What::Path(path)) => {
                let contains = |pattern: &&str| contains(path, pattern);
                // Visibility (`pub(crate)`) and the bare keyword name nothing.
                let bare = path.len() == 1 && path[0] == "crate";
                !bare && forbidden.iter().any(contains) && !excepted.iter().any(contains)
            }
            (Forbidden::Sql, What::Text(text)) => is_sql(text),
            (Forbidden::Paths(..), What::Text(_)) | (Forbidden::Sql, What::Path(_)) => false,
        }
    }
}

/// Whether the segments of `pattern` follow one another somewhere in `path`; with `::` at its end,
/// whether `path` begins with that crate.
fn contains(path: &[String], pattern: &str) -> bool {
    if let Some(library) = pattern.strip_suffix("::") {
        return path.len() > 1 && path[0] == library;
    }
    let pattern: Vec<&str> = pattern.split("::").collect();
    path.windows(pattern.len()).any(|window| window.iter().eq(pattern.iter()))
}

/// A literal that begins with a statement, in upper or lower case; or that holds one in upper case.
fn is_sql(text: &str) -> bool {
    const STATEMENTS: [&[&str]; 14] = [
        &["SELECT", "FROM"],
        &["INSERT", "INTO"],
        &["INSERT", "OR"],
        &["UPDATE", "SET"],
        &["DELETE", "FROM"],
        &["CREATE", "TABLE"],
        &["CREATE", "INDEX"],
        &["CREATE", "UNIQUE"],
        &["CREATE", "DATABASE"],
        &["DROP", "TABLE"],
        &["DROP", "DATABASE"],
        &["ALTER", "TABLE"],
        &["TRUNCATE", "TABLE"],
        &["PRAGMA"],
    ];
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let holds = |statement: &[&str], words: &[&str]| {
        words
            .iter()
            .position(|word| *word == statement[0])
            .is_some_and(|at| statement[1..].iter().all(|next| words[at..].contains(next)))
    };
    let first_is_lower = words.first().is_some_and(|word| word.chars().all(char::is_lowercase));
    let upper: Vec<String> = words.iter().map(|word| word.to_uppercase()).collect();
    let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
    STATEMENTS.iter().any(|statement| {
        holds(statement, &words)
            || first_is_lower && upper[0] == statement[0] && holds(statement, &upper)
    })
}

/// Test code by its place: a `tests` or `benches` folder, or a file `tests.rs`.
fn is_test_file(file: &str) -> bool {
    file.contains("/tests/") || file.contains("/benches/") || file.ends_with("/tests.rs")
}

/// Walls that a Rust source breaks; `file` is its path below the workspace root.
pub(crate) fn breaches(file: &str, source: &str) -> Vec<Breach> {
    let rules: Vec<&Rule> = RULES.iter().filter(|rule| rule.holds_in(file)).collect();
    let mut breaches = Vec::new();
    for item in items(source) {
        let test = item.test || is_test_file(file);
        for rule in &rules {
            if (!test || rule.tests == Tests::Bound) && rule.forbids(&item.what) {
                let found = match &item.what {
                    What::Path(path) => path.join("::"),
                    What::Text(text) => format!("{:?}", text.chars().take(60).collect::<String>()),
                };
                let absence = rule.absence.to_owned();
                breaches.push(Breach { file: file.to_owned(), line: item.line, found, absence });
            }
        }
    }
    breaches
}

/// Longest file, in lines: what one person can hold in mind.
const FILE_LINES_MAX: usize = 1_000;
/// Widest line, in characters: rustfmt keeps code to 100, this catches literals and comments.
const LINE_CHARS_MAX: usize = 120;
/// Marks of unfinished work, put together here so that this file does not carry them itself.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// What is untidy in a text file of the sources.
pub(crate) fn untidy(file: &str, source: &str) -> Vec<Breach> {
    let breach = |line, found: String, absence: &str| Breach {
        file: file.to_owned(),
        line,
        found,
        absence: absence.to_owned(),
    };
    let mut breaches = Vec::new();
    let count = source.lines().count();
    if count > FILE_LINES_MAX {
        let absence = format!("no file over {FILE_LINES_MAX} lines");
        breaches.push(breach(count, format!("{count} lines"), &absence));
    }
    for (index, line) in source.lines().enumerate() {
        let chars = line.chars().count();
        if chars > LINE_CHARS_MAX {
            let absence = format!("no line over {LINE_CHARS_MAX} characters");
            breaches.push(breach(index + 1, format!("{chars} characters"), &absence));
        }
        let mut words = line.split(|c: char| !c.is_alphanumeric());
        if let Some(mark) = words.find(|word| MARKS.contains(word)) {
            breaches.push(breach(index + 1, mark.to_owned(), "no mark of unfinished work"));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::{FILE_LINES_MAX, LINE_CHARS_MAX, MARKS, RULES, Rule, breaches, untidy};

    fn breaks(rule: &Rule, file: &str, snippet: &str) -> bool {
        breaches(file, snippet).iter().any(|breach| breach.absence == rule.absence)
    }

    /// Every rule can fail in each place where it holds, and lets its neighbours be.
    #[test]
    fn each_rule_catches_its_bad_snippets_and_only_where_it_holds() {
        for rule in RULES {
            assert!(!rule.breaks.is_empty() && !rule.keeps.is_empty(), "{}", rule.absence);
            for place in rule.inside {
                let file = format!("{place}/example.rs");
                for snippet in rule.breaks {
                    assert!(breaks(rule, &file, snippet), "not caught in {file}: {snippet}");
                }
                for snippet in rule.keeps {
                    assert!(!breaks(rule, &file, snippet), "caught in {file}: {snippet}");
                }
            }
            for place in rule.outside {
                let snippet = rule.breaks[0];
                assert!(!breaks(rule, place, snippet), "caught in {place}: {snippet}");
            }
        }
    }

    #[test]
    fn test_code_is_free_only_where_a_rule_says_so() {
        let caught = |file: &str, source: &str| !breaches(file, source).is_empty();
        assert!(!caught("crates/app/tests/import.rs", "std::env::var(\"CI\");"));
        assert!(!caught("crates/app/src/import/tests.rs", "std::env::var(\"CI\");"));
        assert!(caught("crates/app/src/import.rs", "std::env::var(\"CI\");"));
        assert!(caught("crates/app/tests/import.rs", "\"DELETE FROM users\""));
        assert!(caught("crates/web/src/a.rs", "#[cfg(test)] mod t { \"DELETE FROM users\"; }"));
    }

    #[test]
    fn a_breach_names_its_line() {
        let found = breaches("crates/engine/src/a.rs", "fn a() {}\nuse std::fs;\n");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, found[0].found.as_str()), (2, "std::fs"));
    }

    #[test]
    fn long_files_wide_lines_and_marks_are_untidy() {
        let lines =
            |source: &str| untidy("a.rs", source).iter().map(|b| b.line).collect::<Vec<_>>();
        assert_eq!(lines(&"x\n".repeat(FILE_LINES_MAX)), Vec::<usize>::new());
        assert_eq!(lines(&"x\n".repeat(FILE_LINES_MAX + 1)), [FILE_LINES_MAX + 1]);
        assert_eq!(lines(&format!("x\n{}", "ä".repeat(LINE_CHARS_MAX))), Vec::<usize>::new());
        assert_eq!(lines(&format!("x\n{}", "ä".repeat(LINE_CHARS_MAX + 1))), [2]);
        assert_eq!(lines(&format!("x\n// {}: later", MARKS[0])), [2]);
    }
}
