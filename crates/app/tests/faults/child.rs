//! This program run again as a process of its own, in which a fault happens.

use crate::relay::Relay;
use crate::world::{Hands, variable};
use hermes_app::clock::{Clock, SystemClock};
use hermes_app::{App, Runner};
use hermes_store::faults::{self, Passed, Place, Server};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// What a child does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// The owner's archive is imported.
    Import,
    /// All weeks that are due are planned.
    Weeks,
    /// Both, and the owner publishes by hand, all at once.
    All,
    /// The owner's activities are read from the simulator of Strava that the file names.
    Sync,
    /// A permission that runs out is renewed at that simulator.
    Renew,
    /// The two activities that a file names are made one.
    Merge,
    /// The activity that a file names is taken apart.
    Split,
    /// The import that a file names is taken back.
    Undo,
}

impl Work {
    const ALL: [Self; 8] = [
        Self::Import,
        Self::Weeks,
        Self::All,
        Self::Sync,
        Self::Renew,
        Self::Merge,
        Self::Split,
        Self::Undo,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Weeks => "weeks",
            Self::All => "all",
            Self::Sync => "sync",
            Self::Renew => "renew",
            Self::Merge => "merge",
            Self::Split => "split",
            Self::Undo => "undo",
        }
    }

    /// Does it, from whatever is there.
    pub(crate) async fn run(self, app: &App, archive: &Path) -> hermes_app::Result<()> {
        let owner = app.owner().await?;
        match self {
            Self::Import => import(app, &owner, archive).await,
            Self::Weeks => weeks(app).await,
            Self::All => {
                let publish = async { app.publish(&owner).await.map(drop) };
                tokio::try_join!(import(app, &owner, archive), weeks(app), publish).map(drop)
            }
            Self::Sync => crate::sync::sync(app, &owner, archive).await,
            Self::Renew => crate::sync::renew(app, &owner, archive).await,
            Self::Merge | Self::Split | Self::Undo => {
                crate::regroup::regroup(app, &owner, self, archive).await
            }
        }
    }
}

async fn import(app: &App, owner: &Runner, archive: &Path) -> hermes_app::Result<()> {
    app.import(owner, archive.to_owned(), |_| {}).await.map(drop)
}

async fn weeks(app: &App) -> hermes_app::Result<()> {
    let planned = app.plan_weeks().await?;
    assert_eq!(planned.failed, 0, "{planned:?}");
    Ok(())
}

/// What happens to a child.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It is killed at a place.
    Kill(Place),
    /// The database reports a code at each of these the first so many times.
    Code(&'static str, u32, Vec<String>),
    /// From a place on the server cannot be reached.
    Cut(Place),
    /// What is said from a place on reaches the server, and no answer comes back.
    Deaf(Place),
    /// At a place the server ends all connections to the database of that name, as it does when
    /// it is restarted.
    Restart(Place, String),
    /// Whatever goes to the server and back takes so many milliseconds longer each way.
    Slow(u64),
    /// SQLite connections set this.
    Pragma(&'static str, u64),
}

impl Fault {
    /// Where it happens, if at one place.
    pub(crate) const fn place(&self) -> Option<&Place> {
        match self {
            Self::Kill(p) | Self::Cut(p) | Self::Deaf(p) | Self::Restart(p, _) => Some(p),
            Self::None | Self::Code(..) | Self::Slow(_) | Self::Pragma(..) => None,
        }
    }

    fn words(&self) -> String {
        let at = |p: &Place| format!("{}\t{}", p.name, p.time);
        match self {
            Self::None => "none".to_owned(),
            Self::Kill(place) => format!("kill\t{}", at(place)),
            Self::Code(code, times, names) => format!("code\t{code}\t{times}\t{}", names.join(",")),
            Self::Cut(place) => format!("cut\t{}", at(place)),
            Self::Deaf(place) => format!("deaf\t{}", at(place)),
            Self::Restart(place, name) => format!("restart\t{}\t{name}", at(place)),
            Self::Slow(by) => format!("slow\t{by}"),
            Self::Pragma(name, value) => format!("setting\t{name}\t{value}"),
        }
    }
}

/// What a child is told.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) work: Work,
    pub(crate) url: String,
    /// Its clock: a time at which it stands, or `+` and the seconds by which it is ahead.
    pub(crate) now: String,
    /// What is imported, or the file that says where the simulator of Strava is, or what is to be
    /// put together or taken apart.
    pub(crate) archive: PathBuf,
    /// Where it writes the places that it passes.
    pub(crate) log: PathBuf,
    pub(crate) fault: Fault,
    /// It begins when this file is there.
    pub(crate) gate: Option<PathBuf>,
}

/// What became of a child.
pub(crate) struct Ended {
    pub(crate) output: Output,
    pub(crate) passed: Vec<Passed>,
}

impl Ended {
    /// What it said, for a person.
    pub(crate) fn said(&self) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        text(&self.output.stdout) + &text(&self.output.stderr)
    }

    /// The error that its work ended with.
    pub(crate) fn error(&self) -> Option<String> {
        let said = String::from_utf8_lossy(&self.output.stdout).into_owned();
        said.split_once(ERROR).map(|(_, error)| error.lines().next().unwrap_or("").to_owned())
    }
}

/// A clock that goes, by so much ahead of the machine's.
struct Shifted(SignedDuration);

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        SystemClock.now() + self.0
    }
}

const TASK: &str = "HERMES_FAULTS_CHILD";
/// Before the error of the work, in what a child says.
const ERROR: &str = "THE WORK FAILED: ";

impl Task {
    pub(crate) fn start(&self) -> std::process::Child {
        let path = |path: &Path| path.display().to_string();
        let gate = self.gate.as_deref().map(path).unwrap_or_default();
        let (archive, log, fault) = (path(&self.archive), path(&self.log), self.fault.words());
        let words = [self.work.name(), &self.url, &self.now, &archive, &log, &fault, &gate];
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child::this_is_a_child", "--nocapture", "--quiet"])
            .env(TASK, words.join("\n"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Waits for a child of this task, whatever its end.
    pub(crate) async fn end(&self, child: std::process::Child) -> Ended {
        let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        let output = output.await.unwrap();
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let _ = std::fs::remove_file(&self.log);
        Ended { output, passed: log.lines().map(|line| Passed::read(line).unwrap()).collect() }
    }

    pub(crate) async fn run(&self) -> Ended {
        self.end(self.start()).await
    }
}

type Happens = faults::Happens;

/// Lets something happen at a place.
fn at(words: &[&str], mut what: impl FnMut() + Send + 'static) -> Happens {
    let place = Place { name: words[1].to_owned(), time: words[2].parse().unwrap() };
    Box::new(move |passed| {
        if passed.place == place {
            what();
        }
        None
    })
}

/// Prepares the fault; the URL that the work is to use, and what happens at places.
fn prepare(words: &[&str], url: &str) -> (String, Happens) {
    let nothing = || -> Happens { Box::new(|_| None) };
    match words[0] {
        // As a killed process ends: nothing is closed, nothing unwound.
        "kill" => (url.to_owned(), at(words, || std::process::abort())),
        "code" => {
            let code: &'static str = words[1].to_owned().leak();
            let times: u32 = words[2].parse().unwrap();
            let names: HashSet<String> = words[3].split(',').map(str::to_owned).collect();
            let fails = move |p: &Passed| names.contains(&p.place.name) && p.place.time <= times;
            (url.to_owned(), Box::new(move |passed| fails(passed).then_some(code)))
        }
        "cut" => {
            let (relay, url) = Relay::before(url);
            (url, at(words, move || relay.cut()))
        }
        "deaf" => {
            let (relay, url) = Relay::before(url);
            (url, at(words, move || relay.lose_answers()))
        }
        "slow" => {
            let (relay, url) = Relay::before(url);
            relay.slow(Duration::from_millis(words[1].parse().unwrap()));
            (url, nothing())
        }
        "restart" => {
            let (server, name) = (url.to_owned(), words[3].to_owned());
            let (base, _) = server.rsplit_once('/').unwrap();
            let server = Server::at(&format!("{base}/postgres")).unwrap();
            let restart = async move |server: &Server, name: &str| server.disconnect(name).await;
            let server = Arc::new(server);
            let what = move || {
                let (server, name) = (server.clone(), name.clone());
                let other = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread();
                    let runtime = { runtime }.enable_all().build().unwrap();
                    runtime.block_on(restart(&server, &name)).unwrap();
                });
                other.join().unwrap();
            };
            (url.to_owned(), at(words, what))
        }
        "setting" => {
            let name: &'static str = words[1].to_owned().leak();
            faults::pragmas(vec![(name, words[2].to_owned())]);
            (url.to_owned(), nothing())
        }
        _ => (url.to_owned(), nothing()),
    }
}

/// Does nothing, unless a test started it as a child.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn this_is_a_child() {
    let Some(words) = variable(TASK) else { return };
    let words: Vec<&str> = words.split('\n').collect();
    let [work, url, now, archive, log, fault, gate] = words[..] else { unreachable!() };
    let work = Work::ALL.into_iter().find(|w| w.name() == work).unwrap();
    let (url, happens) = prepare(&fault.split('\t').collect::<Vec<_>>(), url);
    let clock: Arc<dyn Clock> = match now.strip_prefix('+') {
        Some(ahead) => Arc::new(Shifted(SignedDuration::from_secs(ahead.parse().unwrap()))),
        None => Hands::at(now),
    };
    let app = match App::open(&url, clock).await {
        Ok(app) => app,
        Err(error) => return println!("{ERROR}{error}"),
    };
    while !gate.is_empty() && !Path::new(gate).exists() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    faults::arm(Some(File::create(log).unwrap()), happens);
    if let Err(error) = work.run(&app, Path::new(archive)).await {
        println!("{ERROR}{error}");
    }
    app.close().await;
}
