//! Runs the binary in a folder of its own.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// What the binary reads from the environment.
const SETTINGS: [&str; 9] = [
    "HERMES_DATABASE_URL",
    "HERMES_DATABASE_CONNECTIONS",
    "HERMES_BIND",
    "HERMES_METRICS_LISTEN",
    "HERMES_MAX_UPLOAD_MB",
    "HERMES_STOP_NOTICE_SECONDS",
    "HERMES_DATA_DIR",
    "HERMES_LOG_JSON",
    "RUST_LOG",
];

/// A runner's machine: an empty data folder, and a database in it or elsewhere.
pub(crate) struct Machine {
    folder: TempDir,
    database: Option<String>,
}

/// What a command did.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), database: None }
    }

    pub(crate) fn with_database(url: String) -> Self {
        Self { database: Some(url), ..Self::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Has a database been made?
    pub(crate) fn has_database(&self) -> bool {
        self.path("data/hermes.db").exists()
    }

    /// The address of the database.
    pub(crate) fn url(&self) -> String {
        let own = || format!("sqlite:{}", self.path("data/hermes.db").display());
        self.database.clone().unwrap_or_else(own)
    }

    /// The binary with this machine's settings and no others.
    pub(crate) fn command(&self, settings: &[(&str, &str)], args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hermes"));
        for name in SETTINGS {
            command.env_remove(name);
        }
        command.args(args).env("HERMES_DATA_DIR", self.path("data"));
        command.envs(settings.iter().copied());
        if let Some(url) = &self.database {
            command.args(["--database", url]);
        }
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Done {
        self.run_with(&[], args)
    }

    /// Runs a command with some settings in the environment.
    pub(crate) fn run_with(&self, settings: &[(&str, &str)], args: &[&str]) -> Done {
        let mut command = self.command(settings, args);
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Done { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    /// Runs a command that must succeed.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let done = self.run(args);
        assert_eq!(done.code, 0, "{args:?}: {}{}", done.out, done.err);
        done.out
    }

    /// Runs a command that must succeed, for its JSON.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        serde_json::from_str(&self.ok(&args)).unwrap()
    }
}

/// The tests' environment: under CI a missing piece is a failure.
#[expect(clippy::disallowed_methods, reason = "tests find their environment here")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

fn skipped<T>(what: &str) -> Option<T> {
    assert!(variable("CI").as_deref() != Some("true"), "{what} is missing under CI");
    eprintln!("SKIPPED: {what} is missing");
    None
}

/// A file of the shared samples; `None` (said loudly) where they are not there.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = variable("HERMES_SHARED").unwrap_or_else(|| default.to_owned());
    let path = Path::new(&root).join(name);
    if path.exists() { Some(path) } else { skipped(&format!("the shared file {name}")) }
}

/// A new database on the test server, dropped with this value.
pub(crate) struct Database {
    server: String,
    name: String,
    pub(crate) url: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = tool("dropdb", &self.server, &self.name);
    }
}

/// A new database on the test server; `None` (said loudly) without a server.
pub(crate) fn postgres(name: &str) -> Option<Database> {
    let Some(server) = variable("HERMES_TEST_POSTGRES") else {
        return skipped("the PostgreSQL server (HERMES_TEST_POSTGRES)");
    };
    let name = format!("hermes_cli_{name}_{}", std::process::id());
    assert!(tool("createdb", &server, &name), "createdb failed");
    let (base, _) = server.rsplit_once('/').unwrap();
    let url = format!("{base}/{name}");
    Some(Database { server, name, url })
}

/// Runs one of PostgreSQL's own client tools.
fn tool(name: &str, server: &str, database: &str) -> bool {
    let mut command = Command::new(name);
    if name == "dropdb" {
        command.args(["--force", "--if-exists"]);
    }
    command.args(["--maintenance-db", server, database]);
    command.status().is_ok_and(|s| s.success())
}
