//! Settings: flags over environment over file. The only place that reads the environment.

use crate::cli::Options;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where the web application listens by default.
const BIND: &str = "127.0.0.1:8080";
/// The settings file in the data folder.
const FILE: &str = "hermes.toml";
/// The file of secret keys in the data folder.
const KEY_FILE: &str = "secret.key";

/// What the settings file may hold; anything else is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database: Option<String>,
    bind: Option<SocketAddr>,
    max_upload_mb: Option<u64>,
    #[serde(default)]
    log_json: bool,
}

/// The effective settings.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Hermes' own files.
    pub(crate) data_dir: PathBuf,
    /// The database.
    pub(crate) database: String,
    /// Where the web application listens.
    pub(crate) bind: SocketAddr,
    /// Largest upload, bytes.
    pub(crate) max_upload: u64,
    /// Logs as JSON lines.
    pub(crate) log_json: bool,
    /// The keys that secrets in the database are sealed with.
    pub(crate) secret_key_file: PathBuf,
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
        let bind = match variable("HERMES_BIND")? {
            Some(text) => text.parse().with_context(|| {
                format!("HERMES_BIND is \"{text}\"; it must be ADDRESS:PORT such as {BIND}")
            })?,
            None => match file.bind {
                Some(bind) => bind,
                None => BIND.parse()?,
            },
        };
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
        let secret_key_file = match variable("HERMES_SECRET_KEY_FILE")? {
            Some(file) => PathBuf::from(file),
            None => data_dir.join(KEY_FILE),
        };
        let max_upload = file.max_upload_mb.unwrap_or(4096).saturating_mul(1 << 20);
        let log_json = file.log_json;
        Ok(Self { data_dir, database, bind, max_upload, log_json, secret_key_file })
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
        let bind = BIND.parse().unwrap();
        let (data_dir, secret_key_file) = (PathBuf::new(), PathBuf::new());
        let (database, max_upload, log_json) = (database.to_owned(), 1, false);
        Config { data_dir, database, bind, max_upload, log_json, secret_key_file }.database_shown()
    }

    #[test]
    fn no_password_is_shown() {
        assert_eq!(shown("sqlite:/var/h.db"), "sqlite:/var/h.db");
        assert_eq!(shown("postgres://u:SECRET@h:5432/db"), "postgres://u:***@h:5432/db");
        assert_eq!(shown("postgres://h/db?password=SECRET"), "postgres://h/db");
        assert_eq!(shown("postgres:/u:SECRET@h/db"), "postgres:***");
    }
}
