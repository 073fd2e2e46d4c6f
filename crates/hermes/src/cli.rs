//! Flags and subcommands.

use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Hermes Training OS: a training plan that is safe, adapts, and explains itself.
#[derive(Debug, Parser)]
#[command(name = "hermes", version, about, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// Options that every command has, before or after it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// The database: sqlite:PATH or postgres://... [env: HERMES_DATABASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// The folder for Hermes' own files [env: HERMES_DATA_DIR]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Know only what happened strictly before this day (YYYY-MM-DD)
    #[arg(long, global = true, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Print JSON on stdout, everything else on stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// No progress bar and no remarks
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the web application (the default command)
    Serve {
        /// Where to listen; loopback only [env: HERMES_BIND]
        #[arg(long, value_name = "ADDRESS:PORT")]
        bind: Option<SocketAddr>,
    },
    /// Print a fresh one-time sign-in link for the running web application
    SignIn {
        /// Where it listens [env: HERMES_BIND]
        #[arg(long, value_name = "ADDRESS:PORT")]
        bind: Option<SocketAddr>,
    },
    /// Import Strava archives: the zip, its folder, or activities.csv
    Import {
        /// What to import
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Races to train for
    #[command(subcommand)]
    Goal(Goal),
    /// Print a week's plan with paces, purpose and reasons
    Plan {
        /// Any day of the week to print; the current week by default
        #[arg(long, value_name = "DATE")]
        week: Option<String>,
        /// Publish the current week and draft the next one
        #[arg(long, conflicts_with = "week")]
        publish: bool,
    },
    /// Run the weekly planning over past weeks, each as of its first day
    Replay {
        /// A day of the first week
        #[arg(long, value_name = "DATE")]
        from: String,
        /// A day of the last week
        #[arg(long, value_name = "DATE")]
        to: String,
    },
    /// Recompute every published plan and check every hard rule again
    Verify,
    /// Predict race times from races, or from the history without any
    Predict {
        /// A race as DISTANCE=TIME, for example 10k=45:00; may be repeated
        #[arg(long = "race", value_name = "DISTANCE=TIME")]
        races: Vec<String>,
        /// Kilometres run in a typical week
        #[arg(long, value_name = "KM")]
        weekly_km: Option<f64>,
    },
    /// The database
    #[command(subcommand)]
    Db(Db),
    /// Show the effective settings and check what Hermes depends on
    Doctor,
    /// Let virtual runners live through seasons and check every rule on every plan
    Simulate(Simulate),
    /// Write the Strava archive of an invented runner, to try Hermes with
    SampleArchive {
        /// The zip to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The same seed gives the same archive
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Weeks of training, up to yesterday (or the day before --as-of)
        #[arg(long, default_value_t = 52)]
        weeks: u16,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Runners of the cohort
    #[arg(long, default_value_t = 200)]
    pub(crate) runners: u64,
    /// Weeks that each of them lives
    #[arg(long, default_value_t = 52)]
    pub(crate) weeks: u64,
    /// The same seed gives the same runners
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Only this runner of the cohort, counted from 0
    #[arg(long, value_name = "NUMBER")]
    pub(crate) runner: Option<u64>,
    /// Threads; as many as there are processors by default
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<u64>,
    /// Plan hostile single weeks instead of seasons
    #[arg(long, conflicts_with_all = ["runners", "weeks"])]
    pub(crate) hostile: bool,
    /// Hostile weeks
    #[arg(long, default_value_t = 100_000, requires = "hostile")]
    pub(crate) count: u64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Goal {
    /// Add a goal
    Add {
        /// 4k, 5k, 10k, half or marathon
        #[arg(long)]
        distance: String,
        /// Race day (YYYY-MM-DD)
        #[arg(long)]
        date: String,
        /// The hoped-for time (h:mm:ss)
        #[arg(long)]
        time: Option<String>,
        /// 1 = the race that leads; 2 and more are run on the way
        #[arg(long, default_value_t = 1)]
        priority: u8,
    },
    /// List goals
    List,
    /// Remove a goal by its id (see `goal list`)
    Remove {
        /// The id
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Bring the database to this version
    Migrate,
}
