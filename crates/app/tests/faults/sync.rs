//! A sync with Strava is killed at every write; four processes renew one permission at once.

use crate::child::{Fault, Task, Work};
use crate::kill::every_place_of;
use crate::scene::Scene;
use crate::world::{Hands, Prepared, SATURDAY, Shelf, on_both, said, store};
use hermes_app::jobs::{Failure, Handle, Job, Task as JobTask};
use hermes_app::secrets::Keys;
use hermes_app::strava::{Callback, OfRunner, Settings, StravaConfig, StravaState, Terms};
use hermes_app::{App, AppError, Runner};
use hermes_strava::sim::{Clock, Limits, NewActivity, Options, Simulator};
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::time::Instant;
use tempfile::TempDir;
use uuid::Uuid;

/// The file that says where the simulator is; the keys are beside it.
pub(crate) const FILE: &str = "strava.url";
const SCOPES: [&str; 3] = ["read", "activity:read", "activity:read_all"];
/// Turns of one sync.
const TURNS_MAX: u32 = 50;

fn config(file: &Path) -> StravaConfig {
    let url = std::fs::read_to_string(file).unwrap();
    let mut settings = Settings::of("1".to_owned(), "secret".to_owned().into());
    settings.oauth_host.clone_from(&url);
    settings.api_base = format!("{url}/api/v3");
    let said = "Written permission of Strava's developer team, 2026-02-01";
    StravaConfig {
        settings,
        terms: Terms::read(Some("keep"), Some(said)).unwrap(),
        public_url: "http://127.0.0.1:8080".to_owned(),
        keys: Keys::in_file(file.with_extension("key")),
    }
}

pub(crate) async fn with_strava(app: &App, file: &Path) -> hermes_app::Result<App> {
    let mut app = app.clone();
    app.use_strava(config(file)).await?;
    Ok(app)
}

/// Everything is listed and read, turn by turn.
pub(crate) async fn sync(app: &App, owner: &Runner, file: &Path) -> hermes_app::Result<()> {
    let app = with_strava(app, file).await?;
    for _ in 0..TURNS_MAX {
        let job = Job::StravaBackfill(OfRunner { user: owner.id });
        let task = JobTask { id: Uuid::nil(), job, attempt: 1, request_id: None };
        match app.handle(task).await {
            Ok(()) => return Ok(()),
            Err(Failure::Later(..)) => {}
            Err(failure) => return Err(AppError::Conflict(format!("{failure:?}"))),
        }
    }
    Err(AppError::Conflict("the sync does not end".to_owned()))
}

/// The newest are looked for, which needs a permission that stands.
pub(crate) async fn renew(app: &App, owner: &Runner, file: &Path) -> hermes_app::Result<()> {
    let app = with_strava(app, file).await?;
    let job = Job::StravaPoll(OfRunner { user: owner.id });
    let task = JobTask { id: Uuid::nil(), job, attempt: 4, request_id: None };
    app.handle(task).await.map_err(|failure| AppError::Conflict(format!("{failure:?}")))?;
    match app.strava_status(owner).await?.state {
        StravaState::Connected => Ok(()),
        other => Err(AppError::Conflict(format!("{other:?}"))),
    }
}

/// A simulator at a moment, and the owner connected to it in the prepared database; `runs` runs
/// are new there.
pub(crate) async fn connected(
    shelf: &Shelf,
    folder: &Path,
    prepared: &Prepared,
    at: &str,
    runs: i64,
) -> Simulator {
    let now: Timestamp = at.parse().unwrap();
    // Many copies of one database ask the same simulator at the same moment.
    let many = 1_000_000;
    let limits = Limits { short: many, day: many, read_short: many, read_day: many };
    let clock = Clock::stopped(now);
    let options = Options { years: 0, athletes: 1, limits, ..Options::new(clock) };
    let sim = Simulator::start(options).await.unwrap();
    let file = folder.join(FILE);
    std::fs::write(&file, sim.url()).unwrap();
    let athlete = sim.athletes()[0].id;
    for n in 0..runs {
        let start = Some(now - SignedDuration::from_hours(24 * (2 * n + 1)));
        sim.add(athlete, NewActivity { start, ..NewActivity::default() });
    }
    let app = App::open(&shelf.url(&prepared.name), Hands::at(at)).await.unwrap();
    connect(&with_strava(&app, &file).await.unwrap(), &sim).await;
    app.close().await;
    sim
}

/// Sends the owner to the simulator and back.
pub(crate) async fn connect(app: &App, sim: &Simulator) {
    let owner = app.owner().await.unwrap();
    let athlete = sim.athletes()[0].id;
    let url = app.begin_strava(&owner).await.unwrap();
    let back = Callback {
        state: Some(url.rsplit_once("state=").unwrap().1.to_owned()),
        code: Some(sim.consent(athlete, &SCOPES).into()),
        scope: Some(SCOPES.join(",")),
        error: None,
    };
    app.finish_strava(&owner, &back).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_is_killed_at_every_write() {
    on_both(async |shelf| {
        let folder = TempDir::new().unwrap();
        let prepared = Prepared::on(shelf, folder.path(), 1).await;
        let _sim = connected(shelf, folder.path(), &prepared, SATURDAY, 2).await;
        let folder = folder.path();
        every_place_of(&Scene { shelf, folder, prepared: &prepared, work: Work::Sync }).await;
    })
    .await;
}

/// Four processes find that a permission runs out: one renews it, all use it, none is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_renew_one_permission() {
    on_both(async |shelf| {
        let began = Instant::now();
        let folder = TempDir::new().unwrap();
        let prepared = Prepared::on(shelf, folder.path(), 1).await;
        let sim = connected(shelf, folder.path(), &prepared, SATURDAY, 0).await;
        let folder = folder.path();
        let scene = Scene { shelf, folder, prepared: &prepared, work: Work::Renew };
        let (first, _) = scene.task(Fault::None).await;
        for round in 1..=3_i64 {
            // Less than half an hour is left of six.
            let hours = SignedDuration::from_hours(6);
            sim.advance(hours);
            let gate = folder.join(format!("go {round}"));
            let tasks: Vec<_> = (0..4)
                .map(|n| Task {
                    log: folder.join(format!("{n}.log")),
                    gate: Some(gate.clone()),
                    now: sim.now().to_string(),
                    ..first.clone()
                })
                .collect();
            let children: Vec<_> = tasks.iter().map(Task::start).collect();
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            std::fs::write(&gate, "").unwrap();
            for (task, child) in tasks.iter().zip(children) {
                let ended = task.end(child).await;
                let fine = ended.output.status.success() && ended.error().is_none();
                assert!(fine, "round {round}: {}", ended.said());
            }
            let store = store(&first.url).await;
            let owner = store.owner(sim.now()).await.unwrap().id;
            let tokens = store.strava_tokens(owner).await.unwrap().unwrap();
            assert_eq!(tokens.token_version, 1 + round, "renewed once for all");
            store.close().await;
        }
        let seconds = began.elapsed().as_secs();
        said(&format!("{}: four processes renewed a permission, {seconds} s\n", shelf.name()));
    })
    .await;
}
