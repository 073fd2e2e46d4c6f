//! Settings: flags over environment over file. The only place that reads the environment.

use crate::cli::Options;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Where the web application listens by default.
const BIND: &str = "127.0.0.1:8080";
/// The settings file in the data folder.
const FILE: &str = "hermes.toml";
/// The file of secret keys in the data folder.
const KEY_FILE: &str = "secret.key";

/// Largest upload by default, in megabytes.
const UPLOAD_MB: u64 = 4096;
/// Connections to the database: the default, and the most.
const CONNECTIONS: (u32, u32) = (4, 200);
/// Longest notice before a stop, in seconds.
const STOP_NOTICE_MAX: u64 = 300;

/// What the settings file may hold; anything else is an error.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
struct File {
    database: Option<String>,
    database_connections: Option<u32>,
    bind: Option<SocketAddr>,
    metrics_listen: Option<SocketAddr>,
    max_upload_mb: Option<u64>,
    stop_notice_seconds: Option<u64>,
    watch_folder: Option<PathBuf>,
    log: Option<String>,
    log_json: Option<bool>,
    #[serde(default)]
    strava: StravaFile,
}

/// The part of the settings file that is about Strava.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
struct StravaFile {
    client_id: Option<String>,
    client_secret_file: Option<PathBuf>,
    retention: Option<String>,
    permission: Option<String>,
    public_url: Option<String>,
    oauth_host: Option<String>,
    api_base: Option<String>,
    revoke: Option<String>,
    button_image: Option<PathBuf>,
}

/// The effective settings.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Hermes' own files.
    pub(crate) data_dir: PathBuf,
    /// The database.
    pub(crate) database: String,
    /// Most connections to the database that the web application holds.
    pub(crate) connections: u32,
    /// Where the web application listens.
    pub(crate) bind: SocketAddr,
    /// Where metrics are served, if anywhere.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Largest upload, bytes.
    pub(crate) max_upload: u64,
    /// How long a server that was told to stop still takes requests.
    pub(crate) stop_notice: Duration,
    /// The folder whose files are imported as they come.
    pub(crate) watch_folder: Option<PathBuf>,
    /// What of the log is written, as `RUST_LOG` says it.
    pub(crate) log: Option<String>,
    /// Logs as JSON lines.
    pub(crate) log_json: bool,
    /// The keys that secrets in the database are sealed with.
    pub(crate) secret_key_file: PathBuf,
    /// Strava, as far as it is set up.
    pub(crate) strava: Strava,
}

/// What is set of Strava.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strava {
    /// The application's number; without one Strava is not set up.
    pub(crate) client_id: Option<String>,
    /// The application's secret, where the environment holds it.
    client_secret: Option<Secret>,
    client_secret_file: Option<PathBuf>,
    /// How long what comes may stay.
    pub(crate) retention: Option<String>,
    /// The operator's statement.
    pub(crate) permission: Option<String>,
    /// Where browsers reach this Hermes.
    pub(crate) public_url: Option<String>,
    /// Strava's host for OAuth.
    pub(crate) oauth_host: Option<String>,
    /// The base of Strava's API.
    pub(crate) api_base: Option<String>,
    /// How permissions are given back.
    pub(crate) revoke: Option<String>,
    /// Strava's own button, for the page that connects.
    pub(crate) button_image: Option<PathBuf>,
}

/// A secret: it is never shown.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Strava {
    fn load(file: StravaFile) -> Result<Self> {
        let path = |name: &str| variable(name).map(|path| path.map(PathBuf::from));
        Ok(Self {
            client_id: variable("HERMES_STRAVA_CLIENT_ID")?.or(file.client_id),
            client_secret: variable("HERMES_STRAVA_CLIENT_SECRET")?.map(Secret),
            client_secret_file: path("HERMES_STRAVA_CLIENT_SECRET_FILE")?
                .or(file.client_secret_file),
            retention: variable("HERMES_STRAVA_RETENTION")?.or(file.retention),
            permission: variable("HERMES_STRAVA_PERMISSION")?.or(file.permission),
            public_url: variable("HERMES_STRAVA_PUBLIC_URL")?.or(file.public_url),
            oauth_host: variable("HERMES_STRAVA_OAUTH_HOST")?.or(file.oauth_host),
            api_base: variable("HERMES_STRAVA_API_BASE")?.or(file.api_base),
            revoke: variable("HERMES_STRAVA_REVOKE")?.or(file.revoke),
            button_image: path("HERMES_STRAVA_BUTTON_IMAGE")?.or(file.button_image),
        })
    }

    /// The application that a simulator at that address knows; its data are invented and may be kept.
    pub(crate) fn simulated(url: &str) -> Self {
        let words = |word: &str| Some(word.to_owned());
        Self {
            client_id: words("1"),
            client_secret: words("secret").map(Secret),
            retention: words("keep"),
            permission: words("Everything in the simulator is invented."),
            oauth_host: words(url),
            api_base: Some(format!("{url}/api/v3")),
            ..Self::default()
        }
    }

    /// The application's secret: from the environment, else from its file.
    pub(crate) fn secret(&self) -> Result<String> {
        if let Some(Secret(secret)) = &self.client_secret {
            return Ok(secret.clone());
        }
        let Some(file) = &self.client_secret_file else {
            bail!(
                "the client secret is missing; put it into a file that only you can read and name \
                 that with strava.client_secret_file, or set HERMES_STRAVA_CLIENT_SECRET"
            );
        };
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("the file {} of the client secret", file.display()))?;
        let secret = text.trim();
        ensure!(
            !secret.is_empty() && !secret.contains(char::is_whitespace),
            "the file {} must hold the client secret and nothing else",
            file.display()
        );
        Ok(secret.to_owned())
    }
}

#[expect(clippy::disallowed_methods, reason = "the binary reads the environment, here only")]
fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => bail!("{name} is not valid UTF-8"),
    }
}

/// The variable's value, if it is set; `right` is an example of a good one.
fn parsed<T: FromStr>(name: &str, right: &str) -> Result<Option<T>> {
    let Some(text) = variable(name)? else { return Ok(None) };
    match text.parse() {
        Ok(value) => Ok(Some(value)),
        Err(_) => bail!("{name} is \"{text}\"; it must be {right}"),
    }
}

fn default_data_dir() -> Result<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "hermes");
    let dirs = dirs.context("there is no home folder; name a folder with --data-dir")?;
    Ok(dirs.data_dir().to_owned())
}

impl Config {
    /// Reads the settings and makes the data folder if it is missing.
    pub(crate) fn load(options: &Options) -> Result<Self> {
        let data_dir = match (&options.data_dir, variable("HERMES_DATA_DIR")?) {
            (Some(dir), _) => dir.clone(),
            (None, Some(dir)) => PathBuf::from(dir),
            (None, None) => default_data_dir()?,
        };
        let file = read_file(&data_dir.join(FILE))?;
        let named = options.database.clone().or(variable("HERMES_DATABASE_URL")?).or(file.database);
        let database = match named {
            Some(url) => url,
            None => {
                make_private(&data_dir).with_context(|| {
                    format!("the data folder {} cannot be made", data_dir.display())
                })?;
                format!("sqlite:{}", data_dir.join("hermes.db").display())
            }
        };
        let max_upload_mb = parsed("HERMES_MAX_UPLOAD_MB", "a number of megabytes such as 500")?;
        let max_upload_mb = max_upload_mb.or(file.max_upload_mb).unwrap_or(UPLOAD_MB);
        let socket = "ADDRESS:PORT such as 127.0.0.1:9000";
        let bind = match parsed("HERMES_BIND", socket)?.or(file.bind) {
            Some(bind) => bind,
            None => BIND.parse()?,
        };
        let log_json = parsed("HERMES_LOG_JSON", "true or false")?.or(file.log_json);
        let secret_key_file = match variable("HERMES_SECRET_KEY_FILE")? {
            Some(file) => PathBuf::from(file),
            None => data_dir.join(KEY_FILE),
        };
        Ok(Self {
            data_dir,
            database,
            connections: connections(file.database_connections)?,
            bind,
            metrics_listen: parsed("HERMES_METRICS_LISTEN", socket)?.or(file.metrics_listen),
            max_upload: max_upload_mb.saturating_mul(1 << 20),
            stop_notice: stop_notice(file.stop_notice_seconds)?,
            watch_folder: variable("HERMES_WATCH_FOLDER")?.map(PathBuf::from).or(file.watch_folder),
            log: variable("RUST_LOG")?.or(file.log),
            log_json: options.log_json || log_json.unwrap_or(false),
            secret_key_file,
            strava: Strava::load(file.strava)?,
        })
    }

    /// The file of a SQLite database.
    pub(crate) fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.database.strip_prefix("sqlite:")?;
        Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
    }

    /// The database without a password, for showing: a file whole; of an address the scheme, the
    /// user, the host and the name.
    pub(crate) fn database_shown(&self) -> String {
        if self.sqlite_file().is_some() {
            return self.database.clone();
        }
        let Some((scheme, rest)) = self.database.split_once("://") else {
            let scheme = self.database.split(':').next().unwrap_or_default();
            return format!("{scheme}:***");
        };
        let rest = rest.split('?').next().unwrap_or_default();
        match rest.rsplit_once('@') {
            Some((who, place)) => {
                let user = who.split(':').next().unwrap_or_default();
                format!("{scheme}://{user}:***@{place}")
            }
            None => format!("{scheme}://{rest}"),
        }
    }
}

fn connections(in_file: Option<u32>) -> Result<u32> {
    let (default, most) = CONNECTIONS;
    let right = format!("a number from 1 to {most}");
    let wanted = parsed("HERMES_DATABASE_CONNECTIONS", &right)?.or(in_file).unwrap_or(default);
    ensure!(
        (1..=most).contains(&wanted),
        "{wanted} connections to the database cannot be held; set {right}"
    );
    Ok(wanted)
}

fn stop_notice(in_file: Option<u64>) -> Result<Duration> {
    let right = format!("a number of seconds from 0 to {STOP_NOTICE_MAX}");
    let wanted = parsed("HERMES_STOP_NOTICE_SECONDS", &right)?.or(in_file).unwrap_or(0);
    ensure!(
        wanted <= STOP_NOTICE_MAX,
        "a notice of {wanted} s before a stop is too long; set {right}"
    );
    Ok(Duration::from_secs(wanted))
}

/// Makes a missing folder so that only its owner can look into it: it holds health data.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn read_file(path: &Path) -> Result<File> {
    match std::fs::read_to_string(path) {
        // The error's own text shows the place over several lines; the message is one.
        Ok(text) => toml::from_str(&text).map_err(|e: toml::de::Error| {
            let said = e.message().replace('\n', " ");
            anyhow::anyhow!("the settings file {} cannot be read: {said}", path.display())
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
        Err(e) => Err(e).with_context(|| format!("the settings file {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(database: &str) -> String {
        Config {
            data_dir: PathBuf::new(),
            database: database.to_owned(),
            connections: 1,
            bind: BIND.parse().unwrap(),
            metrics_listen: None,
            max_upload: 1,
            stop_notice: Duration::ZERO,
            watch_folder: None,
            log: None,
            log_json: false,
            secret_key_file: PathBuf::new(),
            strava: Strava::default(),
        }
        .database_shown()
    }

    #[test]
    fn no_password_is_shown() {
        assert_eq!(shown("sqlite:/var/h.db"), "sqlite:/var/h.db");
        assert_eq!(shown("postgres://u:SECRET@h:5432/db"), "postgres://u:***@h:5432/db");
        assert_eq!(shown("postgres://h/db?password=SECRET"), "postgres://h/db");
        assert_eq!(shown("postgres:/u:SECRET@h/db"), "postgres:***");
    }

    fn file(name: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
        std::fs::read_to_string(path).unwrap()
    }

    /// The keys of a settings file, from the type itself.
    fn keys() -> Vec<String> {
        let all = serde_json::to_value(File::default()).unwrap();
        let keys = all.as_object().unwrap().iter().flat_map(|(key, value)| match value {
            serde_json::Value::Object(table) => {
                table.keys().map(|inner| format!("{key}.{inner}")).collect()
            }
            _ => vec![key.clone()],
        });
        let mut keys: Vec<String> = keys.collect();
        keys.sort();
        keys
    }

    /// The words in backticks that stand in a column of the page's table of settings.
    fn column(number: usize) -> Vec<String> {
        let page = file("docs/OPERATIONS.md");
        let rows = page.lines().skip_while(|line| !line.starts_with("| setting | flag |"));
        let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
        let cells = rows.filter_map(|row| row.split('|').nth(number).map(str::trim));
        let words = cells.filter_map(|cell| cell.strip_prefix('`')?.strip_suffix('`'));
        let mut words: Vec<String> = words.map(str::to_owned).collect();
        words.sort();
        words
    }

    #[test]
    fn the_table_of_settings_is_the_programs_own() {
        assert_eq!(column(4), keys());
        let mut read: Vec<String> = include_str!("config.rs")
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|text| text.starts_with("HERMES_") || *text == "RUST_LOG")
            .filter(|text| text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
            .filter(|text| !text.ends_with('_'))
            .map(str::to_owned)
            .collect();
        read.sort();
        read.dedup();
        assert_eq!(column(3), read);
    }

    #[test]
    fn the_example_has_every_setting() {
        let is_key = |key: &str| {
            keys().iter().any(|k| k == key || k.split_once('.').is_some_and(|(_, k)| k == key))
        };
        let uncommented: String = file("deploy/hermes.toml")
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(set) if set == "[strava]" || set.split(" = ").next().is_some_and(is_key) => {
                    format!("{set}\n")
                }
                _ => format!("{line}\n"),
            })
            .collect();
        let example: File = toml::from_str(&uncommented).unwrap();
        let set = serde_json::to_value(example).unwrap();
        let strava = set["strava"].as_object().unwrap();
        for (key, value) in set.as_object().unwrap().iter().chain(strava) {
            assert!(!value.is_null(), "{key} is missing from deploy/hermes.toml");
        }
        // What is not commented out is the default.
        let defaults: File = toml::from_str(&file("deploy/hermes.toml")).unwrap();
        assert_eq!(defaults.bind, Some(BIND.parse().unwrap()));
        assert_eq!(defaults.database_connections, Some(CONNECTIONS.0));
        assert_eq!(defaults.max_upload_mb, Some(UPLOAD_MB));
    }
}
