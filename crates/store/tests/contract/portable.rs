//! Hermes asks nothing of a PostgreSQL server that a PostgreSQL-compatible cluster may not have.
//! Method: all statements and all migrations are read as text.

use std::path::Path;

/// What stands in no statement and no migration: words that follow one another, in upper case; the
/// beginning of a word where it ends in `_`.
const FORBIDDEN: &[&str] = &[
    "LISTEN",
    "NOTIFY",
    "FUNCTION",
    "PROCEDURE",
    "CALL",
    "TRIGGER",
    "CREATE RULE",
    "EXTENSION",
    "PLPGSQL",
    "LOCK TABLE",
    "DECLARE",
    "TEMP",
    "TEMPORARY",
    "SEQUENCE",
    "NEXTVAL",
    "SERIAL",
    "BIGSERIAL",
    "IDENTITY",
    "EXCLUDE",
    "DEFERRABLE",
    "INHERITS",
    "UNLOGGED",
    "CTID",
    "XMIN",
    "PG_",
];

fn found(sql: &str) -> Option<&'static str> {
    // Comments may speak of what the statements do without.
    let code: Vec<&str> = sql.lines().map(|l| l.split("--").next().unwrap_or_default()).collect();
    let code = code.join(" ").to_uppercase();
    let parts = code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$');
    let words: Vec<&str> = parts.filter(|word| !word.is_empty()).collect();
    let is = |word: &str, wanted: &str| {
        if wanted.ends_with('_') { word.starts_with(wanted) } else { word == wanted }
    };
    let stands = |wanted: &str| {
        let wanted: Vec<&str> = wanted.split(' ').collect();
        words.windows(wanted.len()).any(|w| w.iter().zip(&wanted).all(|(a, b)| is(a, b)))
    };
    // `ON CONFLICT ... DO NOTHING` and `DO UPDATE` are the only `DO` there is.
    let does = words.windows(2).any(|w| w[0] == "DO" && !matches!(w[1], "NOTHING" | "UPDATE"));
    let wanted = FORBIDDEN.iter().copied().find(|word| stands(word));
    wanted.or(does.then_some("DO"))
}

#[test]
fn nothing_is_asked_that_only_one_server_has() {
    let statements = hermes_store::all_statements();
    assert!(statements.len() >= 79, "{} statements", statements.len());
    for (name, sql) in &statements {
        assert_eq!(found(sql), None, "{name}: {sql}");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut steps = 0;
    for entry in std::fs::read_dir(folder).expect("migrations") {
        let path = entry.expect("a file").path();
        let sql = std::fs::read_to_string(&path).expect("a migration");
        assert_eq!(found(&sql), None, "{}", path.display());
        steps += 1;
    }
    assert!(steps >= 3, "{steps} migrations");
    // The one function of the schema stands in defaults only: ids come from the program.
    for (name, sql) in &statements {
        assert!(!sql.contains("gen_random_uuid"), "{name}");
    }
}

#[test]
fn each_forbidden_word_is_found() {
    for sql in [
        "SELECT pg_advisory_lock(1)",
        "listen jobs",
        "NOTIFY jobs, 'x'",
        "CREATE OR REPLACE FUNCTION f() RETURNS int",
        "LOCK TABLE users",
        "CREATE TABLE t (id BIGSERIAL)",
        "DO $$ BEGIN END $$",
        "SELECT\n  nextval('s')",
    ] {
        assert!(found(sql).is_some(), "{sql}");
    }
    assert_eq!(found("SELECT 1 -- no NOTIFY here"), None);
    let kept = "INSERT INTO t (trigger_reason) VALUES ($1) ON CONFLICT (id) DO NOTHING";
    assert_eq!(found(kept), None);
}
