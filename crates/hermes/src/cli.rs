//! Flags and subcommands.

use clap::{Args, Parser, Subcommand};
use hermes_strava::sim::{ATHLETES_MAX, YEARS_MAX};
use jiff::Timestamp;
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
    /// Write the log as JSON lines [env: HERMES_LOG_JSON]
    #[arg(long, global = true)]
    pub(crate) log_json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the web application (the default command)
    Serve {
        /// Where to listen; loopback only [env: HERMES_BIND]
        #[arg(long, value_name = "ADDRESS:PORT")]
        bind: Option<SocketAddr>,
        /// Print no sign-in link: for a service whose output is kept
        #[arg(long)]
        no_link: bool,
    },
    /// Run background jobs without the web application, until Ctrl-C
    Worker,
    /// Plan the weeks of all runners that have begun, now
    Weeks,
    /// Background jobs: look at them, bring dead ones back, run what is due
    #[command(subcommand)]
    Jobs(Jobs),
    /// Print a fresh one-time sign-in link for the running web application
    SignIn {
        /// Where it listens [env: HERMES_BIND]
        #[arg(long, value_name = "ADDRESS:PORT")]
        bind: Option<SocketAddr>,
    },
    /// Ask the running web application whether it is ready
    Probe {
        /// Where it listens [env: HERMES_BIND]
        #[arg(long, value_name = "ADDRESS:PORT")]
        bind: Option<SocketAddr>,
    },
    /// Import activities: Strava archives (zip, folder, activities.csv), FIT, GPX and TCX files (.gz
    /// too), and folders of all of these
    Import {
        /// What to import
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Imports of the past: look at them, take one back
    #[command(subcommand)]
    Imports(Imports),
    /// Races to train for
    #[command(subcommand)]
    Goal(Goal),
    /// Injuries, pain, illness and fatigue: what they do to training
    #[command(subcommand)]
    Health(Health),
    /// Print a week's plan with paces, purpose and reasons
    Plan {
        /// Any day of the week to print; the current week by default
        #[arg(long, value_name = "DATE")]
        week: Option<String>,
        /// Publish the current week and draft the next one
        #[arg(long, conflicts_with = "week")]
        publish: bool,
        /// Explain every decision with its rule and evidence
        #[arg(long)]
        why: bool,
    },
    /// Where you stand: state and why, meters, check-in, health, last weeks, patterns
    Status,
    /// What changed and why: states, the roadmap, plans
    History {
        /// The first day; a year ago by default
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// The last day; today (or the as-of day) by default
        #[arg(long, value_name = "DATE")]
        to: Option<String>,
        /// With what each change did, and the windows as they stood
        #[arg(long)]
        long: bool,
    },
    /// The way to every race: phases, milestones, races on the way, collisions, changes
    Roadmap,
    /// Why were sessions missed? Your answer changes the plan
    #[command(subcommand)]
    CheckIn(CheckIn),
    /// Change this week's plan, or the next one's, by hand
    Edit(Edit),
    /// Which run was which session: look, and correct it by hand
    #[command(subcommand)]
    Match(Match),
    /// One activity: look at it, enter one, correct it; no import undoes what you say
    #[command(subcommand)]
    Activity(Activity),
    /// Run the weekly planning over past weeks, each as of its first day
    Replay {
        /// A day of the first week
        #[arg(long, value_name = "DATE")]
        from: String,
        /// A day of the last week
        #[arg(long, value_name = "DATE")]
        to: String,
    },
    /// Say how a day or its run was; all of it is optional
    Feedback(FeedbackArgs),
    /// Wider limits for some days, by your choice
    #[command(subcommand)]
    SendIt(SendIt),
    /// Strava's API: how the sync stands, sync now, webhooks, disconnect
    #[command(subcommand)]
    Strava(Strava),
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
    /// What the next weeks look like, up to the last race, and what a change would do
    Forecast(ForecastArgs),
    /// The database
    #[command(subcommand)]
    Db(Db),
    /// Show the effective settings and check what Hermes depends on
    Doctor,
    /// Let virtual runners live through seasons and check every rule on every plan
    Simulate(Simulate),
    /// Look around: the web application with three invented runners, and nothing that stays
    Demo(Demo),
    /// Serve a simulator of Strava: its OAuth, API, limits and webhooks, with invented athletes
    StravaSim(StravaSim),
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
        /// Runs' own files as watches write them, a point a second (else a point a minute)
        #[arg(long)]
        files: bool,
    },
}

/// What `hermes demo` serves.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where to listen; loopback only [env: HERMES_BIND]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) bind: Option<SocketAddr>,
    /// Where the simulator of Strava listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8090")]
    pub(crate) strava_bind: SocketAddr,
    /// The same seed gives the same runners
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

fn four_numbers(text: &str) -> Result<[u32; 4], String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(|n| n.trim().parse()).collect();
    let four = numbers.ok().and_then(|numbers| numbers.try_into().ok());
    four.ok_or_else(|| "use four numbers such as 200,2000,100,1000".to_owned())
}

/// What `hermes strava-sim` serves.
#[derive(Debug, Args)]
pub(crate) struct StravaSim {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8090")]
    pub(crate) bind: SocketAddr,
    /// The same seed gives the same athletes and runs
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many athletes there are
    #[arg(long, value_name = "N", default_value_t = 3,
          value_parser = clap::value_parser!(u16).range(1..=i64::from(ATHLETES_MAX)))]
    pub(crate) athletes: u16,
    /// Years of runs they have behind them
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(0..=i64::from(YEARS_MAX)))]
    pub(crate) years: u8,
    /// Begin at this moment and stand still until /sim/clock is told otherwise
    #[arg(long, value_name = "TIMESTAMP")]
    pub(crate) at: Option<Timestamp>,
    /// Requests in 15 minutes and in a day, then of those the ones that only read
    #[arg(long, value_name = "N,N,N,N", default_value = "200,2000,100,1000",
          value_parser = four_numbers)]
    pub(crate) limits: [u32; 4],
    /// The domain that consent may lead back to, beside this machine
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) callback_domain: Option<String>,
    /// Let anyone who reaches it control it under /sim, also where that is not this machine alone
    #[arg(long)]
    pub(crate) control: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Match {
    /// List a week's sessions with what was done of each, and the runs that belong to none
    List {
        /// Any day of the week; the current one by default
        #[arg(long, value_name = "DATE")]
        week: Option<String>,
    },
    /// Say that an activity was a session, or a part of it
    Set {
        /// The session: its day, or its id (see `match list`)
        #[arg(value_name = "WORKOUT|DATE")]
        session: String,
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        activity: i64,
    },
    /// Say that an activity belongs to no session
    None {
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        activity: i64,
    },
    /// Say that a session was done and there is no record of it
    Done {
        /// The session: its day, or its id
        #[arg(value_name = "WORKOUT|DATE")]
        session: String,
    },
    /// Say that a session was not done, whatever was run
    NotDone {
        /// The session: its day, or its id
        #[arg(value_name = "WORKOUT|DATE")]
        session: String,
    },
    /// Take a correction back by its id (see `match list`)
    Undo {
        /// The id
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Imports {
    /// List them, the last one first
    List,
    /// Take one back: what it alone told of counts for nothing
    Undo {
        /// Its id (see `imports list`)
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Activity {
    /// Show splits, best efforts and where it came from
    Show {
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        id: i64,
    },
    /// Enter a run that nothing recorded
    Add(AddActivity),
    /// Make an activity of its own of one of its sources
    Split {
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        id: i64,
        /// The source (see `activity show`)
        source: String,
    },
    /// Make one activity of two that tell of the same run
    Merge {
        /// One activity's id
        #[arg(allow_negative_numbers = true)]
        a: i64,
        /// The other's
        #[arg(allow_negative_numbers = true)]
        b: i64,
    },
    /// Its values are right although they look impossible
    Confirm {
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        id: i64,
    },
    /// Leave it out of everything
    Exclude {
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        id: i64,
    },
    /// Count it like any other: takes confirm, exclude and delete back
    Include {
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        id: i64,
    },
    /// It was a race
    Race {
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        id: i64,
        /// It was none
        #[arg(long)]
        not: bool,
    },
    /// Say what it was: Run, TrailRun, VirtualRun, Ride, Walk ...; only runs count as running
    Type {
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        id: i64,
        /// What it was, by Strava's name of the sport
        #[arg(value_name = "TYPE", required_unless_present = "source")]
        name: Option<String>,
        /// Take your word back: it is what its sources say
        #[arg(long, conflicts_with = "name")]
        source: bool,
    },
    /// Take it out of every list and out of everything; its corrections end
    Delete {
        /// The activity's id
        #[arg(allow_negative_numbers = true)]
        id: i64,
    },
}

/// A run that nothing recorded.
#[derive(Debug, Args)]
pub(crate) struct AddActivity {
    /// The day; today by default
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<String>,
    /// When it began (HH:MM, your local time)
    #[arg(long, value_name = "HH:MM", default_value = "12:00")]
    pub(crate) at: String,
    /// Its distance in km
    #[arg(long)]
    pub(crate) km: f64,
    /// Its time (h:mm:ss or mm:ss)
    #[arg(long, value_name = "TIME")]
    pub(crate) time: String,
    /// Its title
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// On trails
    #[arg(long)]
    pub(crate) trail: bool,
    /// It was a race
    #[arg(long)]
    pub(crate) race: bool,
    /// Ascent in metres
    #[arg(long, value_name = "METRES")]
    pub(crate) ascent: Option<i64>,
    /// Average heart rate
    #[arg(long, value_name = "BEATS")]
    pub(crate) heart_rate: Option<u16>,
    /// How hard it was, 1-10
    #[arg(long, value_name = "N")]
    pub(crate) effort: Option<u8>,
}

#[derive(Debug, Args)]
pub(crate) struct FeedbackArgs {
    /// The day it is about; today by default
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<String>,
    /// How hard the run was, 1-10
    #[arg(long, value_name = "N")]
    pub(crate) effort: Option<u8>,
    /// Pain while running, 0-10
    #[arg(long, value_name = "N")]
    pub(crate) pain: Option<u8>,
    /// Pain on the next morning, 0-10
    #[arg(long, value_name = "N")]
    pub(crate) pain_next_morning: Option<u8>,
    /// Sleep, 1 (bad) to 5 (good)
    #[arg(long, value_name = "N")]
    pub(crate) sleep: Option<u8>,
    /// Soreness, 1 (none) to 5 (strong)
    #[arg(long, value_name = "N")]
    pub(crate) soreness: Option<u8>,
    /// Mood, 1 (bad) to 5 (good)
    #[arg(long, value_name = "N")]
    pub(crate) mood: Option<u8>,
    /// Resting heart rate of the morning
    #[arg(long, value_name = "BEATS")]
    pub(crate) resting_heart_rate: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SendIt {
    /// Begin today (or on the as-of day)
    On {
        /// For how many days, 1 to 7
        #[arg(long, default_value_t = 7)]
        days: i64,
        /// Yes, I know that wider limits mean more risk of injury
        #[arg(long)]
        agree: bool,
    },
    /// End it now
    Off,
}

#[derive(Debug, Args)]
pub(crate) struct Edit {
    #[command(subcommand)]
    pub(crate) what: EditWhat,
    /// Why: asked for where the edit sets a preference or a soft rule aside
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Print what would become of it and save nothing
    #[arg(long, global = true)]
    pub(crate) preview: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EditWhat {
    /// Move a session to a free day
    Move {
        /// Its day (YYYY-MM-DD)
        from: String,
        /// The day it is to be on
        to: String,
    },
    /// Let two days change their sessions
    Swap {
        /// One day
        a: String,
        /// The other
        b: String,
    },
    /// Skip the session of a day
    Skip {
        /// The day
        day: String,
    },
    /// Make a run shorter or longer
    Resize {
        /// Its day
        day: String,
        /// Its distance in km
        km: f64,
    },
    /// Make a session one of another kind
    Retype {
        /// Its day
        day: String,
        /// easy, recovery, long, tempo, interval, fartlek, hill, pace, time-trial, cross
        kind: String,
    },
    /// Add a run on a free day
    Add {
        /// The day
        day: String,
        /// As for `retype`
        kind: String,
        /// Its distance in km
        km: f64,
    },
    /// Keep a session as it is, whatever is planned anew
    Pin {
        /// Its day
        day: String,
    },
    /// Keep a day free of running
    Unavailable {
        /// The day
        day: String,
    },
    /// Make the rest of the week easier
    Easier {
        /// Any day of the week; the current one by default
        #[arg(long, value_name = "DATE")]
        week: Option<String>,
    },
    /// Make the rest of the week harder, as far as the rules allow
    Harder {
        /// Any day of the week; the current one by default
        #[arg(long, value_name = "DATE")]
        week: Option<String>,
    },
    /// Take back the last edit
    Undo,
    /// List the edits of this week and the next one
    List,
}

/// What `forecast` assumes.
#[derive(Debug, Args)]
pub(crate) struct ForecastArgs {
    /// Weeks to look at (1 to 105); to the last race, or 12 without one, by default
    #[arg(long, value_name = "N")]
    pub(crate) weeks: Option<u16>,
    /// How much of every plan is run, for example 0.8
    #[arg(long, value_name = "SHARE")]
    pub(crate) adherence: Option<f64>,
    /// A day of a week that is missed; may be repeated
    #[arg(long, value_name = "DATE")]
    pub(crate) miss: Vec<String>,
    /// Sick from a day on for so many days, for example 2026-03-02:10
    #[arg(long, value_name = "FROM:DAYS")]
    pub(crate) sick: Option<String>,
    /// One more race, for example 10k=2026-05-10
    #[arg(long, value_name = "DISTANCE=DATE")]
    pub(crate) race: Option<String>,
    /// Most runs a week (1 to 7)
    #[arg(long, value_name = "N")]
    pub(crate) days: Option<u8>,
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
    /// Fill this database with the runners instead, each with a history and a week that is due
    #[arg(long, value_name = "URL", conflicts_with_all = ["weeks", "runner", "hostile"])]
    pub(crate) into: Option<String>,
    /// Days of history that each of them has
    #[arg(long, default_value_t = 90, requires = "into")]
    pub(crate) history: u16,
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
pub(crate) enum Health {
    /// Report something; the current week changes at once
    Report {
        /// injury, pain, fatigue, illness or other
        #[arg(long, value_name = "TYPE")]
        r#type: String,
        /// Where: knee, shin, achilles ...; needed for injury and pain
        #[arg(long)]
        part: Option<String>,
        /// 1 (mild) to 10
        #[arg(long)]
        severity: Option<u8>,
        /// The day; today by default
        #[arg(long, value_name = "DATE")]
        date: Option<String>,
        /// In your own words
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// fever, below-neck, bone-pain-at-rest, limp, chest-pain; several with commas
        #[arg(long, value_delimiter = ',')]
        symptom: Vec<String>,
        /// Pain while running, 0-10
        #[arg(long, value_name = "N")]
        pain_during: Option<u8>,
        /// Pain the next morning, 0-10
        #[arg(long, value_name = "N")]
        pain_next_morning: Option<u8>,
        /// Show what it would change and save nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List records, locks, the way back, strikes and limits
    List,
    /// Close a record, or all; running starts again by the rules
    Clear {
        /// The record's id (see `health list`)
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// Close every open record
        #[arg(long, conflicts_with = "id")]
        all: bool,
        /// The first day without symptoms; today by default
        #[arg(long, value_name = "DATE")]
        date: Option<String>,
        /// A doctor or physiotherapist has cleared running
        #[arg(long)]
        clearance: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CheckIn {
    /// List the check-ins of a year
    List,
    /// Answer the one that is open
    Answer {
        /// busy, sick, sore, burnout, motivation-loss, preference-change or other
        #[arg(long, value_name = "WORD")]
        answer: String,
        /// In your own words
        #[arg(long, value_name = "TEXT")]
        details: Option<String>,
    },
}

#[derive(Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Db {
    /// Bring the database to this version
    Migrate,
    /// Check that the database is sound and every row in it can be read
    Check,
    /// Write everything into one file, while others go on writing
    Backup {
        /// The backup to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Replace the file if it is there
        #[arg(long)]
        force: bool,
    },
    /// Fill a new or empty database from a backup
    Restore {
        /// The backup to read
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The database to fill: sqlite:PATH or postgres://...
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Copy everything into a new or empty database, SQLite or PostgreSQL, and compare
    Copy {
        /// The database to read: sqlite:PATH or postgres://...
        #[arg(long, value_name = "URL")]
        from: String,
        /// The database to fill: sqlite:PATH or postgres://...
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Seal all secrets with a new key, and forget the old one
    Rekey,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Strava {
    /// The connection, how far the sync is, and how much of Strava's limits is used
    Status,
    /// Look for news now and go on with what is missing
    Sync,
    /// Let Strava push news to the running web application
    Subscribe {
        /// Where Strava reaches it, https:// and a host [default: strava.public_url]
        #[arg(long, value_name = "URL")]
        public_url: Option<String>,
    },
    /// Let Strava push nothing any more
    Unsubscribe,
    /// Give the permission back and erase everything that came from Strava's API
    Disconnect {
        /// Yes, erase it
        #[arg(long)]
        agree: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Jobs {
    /// List jobs, the last added first, and count them all
    List {
        /// pending, running, done or dead
        #[arg(long)]
        state: Option<String>,
        /// Only of this kind
        #[arg(long)]
        kind: Option<String>,
        /// At most so many (1 to 500)
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
        /// Only those added before this one: the next page
        #[arg(long, value_name = "ID")]
        before: Option<String>,
    },
    /// Bring a dead job back; it is due at once
    Retry {
        /// Its id (see `jobs list`)
        id: String,
    },
    /// Run all that is due, once, and end
    Run,
}
