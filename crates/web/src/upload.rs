//! Receiving archives and activities' files: streamed to temporary files, never held in memory.

use crate::Web;
use crate::auth::Viewer;
use crate::draft::Draft;
use crate::fault::{self, Fault};
use crate::form::Wrong;
use crate::pages::welcome;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::StreamExt;
use hermes_app::Upload;
use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt;
use tracing::Instrument;
use uuid::Uuid;

/// Beginning of the names of files that are being uploaded or imported.
const PREFIX: &str = "upload-";
/// Longest file name that is kept, in characters.
const NAME_LENGTH: usize = 120;
/// Most files of one upload.
const FILES_MAX: usize = 5_000;
/// Most bytes in a row that are of no file. The heading of a part is held in memory until it ends.
const IDLE_BYTES: u64 = 8 << 20;

/// Bytes that came since the last ones of a file.
#[derive(Clone, Default)]
struct Idle(Arc<AtomicU64>);

impl Idle {
    /// Bytes of a file came.
    fn end(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// A request whose body breaks off where nothing in it is of a file.
    fn watched(&self, request: Request) -> Request {
        let idle = self.0.clone();
        request.map(|body| {
            Body::from_stream(body.into_data_stream().map(move |bytes| {
                let bytes = bytes.map_err(io::Error::other)?;
                match idle.fetch_add(bytes.len() as u64, Ordering::Relaxed) {
                    IDLE_BYTES.. => Err(io::Error::other("too much that is of no file")),
                    _ => Ok(bytes),
                }
            }))
        })
    }
}

/// Runners whose upload is under way. Each has one at a time: many could fill the disk together.
#[derive(Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashSet<Uuid>>>);

/// A runner's upload, until this is dropped.
struct Turn(UnderWay, Uuid);

impl UnderWay {
    fn runners(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, runner: Uuid) -> Option<Turn> {
        self.runners().insert(runner).then(|| Turn(self.clone(), runner))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.runners().remove(&self.1);
    }
}

/// Makes the folder and removes what an earlier process left half done: an import begins with its
/// upload, so a file here without a process is of no use. While another process serves from the
/// same folder, as its lock says, nothing is removed. The lock lasts as long as the returned file.
pub(crate) async fn prepare(dir: &Path) -> io::Result<std::fs::File> {
    tokio::fs::create_dir_all(dir).await?;
    let lock = std::fs::File::create(dir.join("lock"))?;
    if lock.try_lock().is_err() {
        return Ok(lock);
    }
    let mut entries = tokio::fs::read_dir(dir).await?;
    while let Some(entry) = entries.next_entry().await? {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if ours && entry.file_type().await?.is_file() {
            tokio::fs::remove_file(entry.path()).await?;
        }
    }
    Ok(lock)
}

/// A received file; deleted when dropped, unless it is kept.
struct Received {
    name: String,
    path: TempPath,
}

/// Why a file was not taken.
enum Refusal {
    NoFile,
    Empty(String),
    TooLarge(u64),
    TooMany,
    Another,
    Broken,
    Disk(io::Error),
}

impl From<MultipartError> for Refusal {
    fn from(_: MultipartError) -> Self {
        Self::Broken
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl Refusal {
    fn sentence(&self) -> (StatusCode, String) {
        match self {
            Self::NoFile => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "No file was chosen; choose the zip that Strava sent you, or files of a watch."
                    .to_owned(),
            ),
            Self::Empty(name) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                format!(
                    "{name} is empty; choose the zip that Strava sent you, or files of a watch."
                ),
            ),
            Self::TooLarge(most) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "What was sent is larger than the {} that Hermes takes here; import it on the \
                     command line with hermes import, or upload its activities.csv alone.",
                    size(*most)
                ),
            ),
            Self::TooMany => (
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "More than {FILES_MAX} files were sent; send them in parts, or import their \
                     folder on the command line with hermes import."
                ),
            ),
            Self::Another => (
                StatusCode::CONFLICT,
                "Another upload of yours is under way; send this one when it is complete."
                    .to_owned(),
            ),
            Self::Broken => (
                StatusCode::BAD_REQUEST,
                "The upload broke off before the file was complete; send it again.".to_owned(),
            ),
            Self::Disk(_) => (
                StatusCode::INSUFFICIENT_STORAGE,
                "The file could not be written to disk; free some space and send it again."
                    .to_owned(),
            ),
        }
    }
}

fn size(bytes: u64) -> String {
    const MB: u64 = 1_000_000;
    match bytes {
        b if b >= 1000 * MB => format!("{}.{} GB", b / (1000 * MB), b / (100 * MB) % 10),
        b if b >= MB => format!("{} MB", b / MB),
        b => format!("{b} bytes"),
    }
}

/// `POST /welcome/import`.
pub(crate) async fn receive(
    State(web): State<Web>,
    viewer: Viewer,
    request: Request,
) -> Result<Response, Fault> {
    let idle = Idle::default();
    let turn = web.uploads.begin(viewer.runner.id);
    let received = match Multipart::from_request(idle.watched(request), &web).await {
        Ok(form) if turn.is_none() => {
            drain(form, web.config.max_upload_bytes, &idle).await;
            Err(Refusal::Another)
        }
        Ok(form) => store(form, &web, &idle).await,
        Err(_) => Err(Refusal::NoFile),
    };
    let received = match received {
        Ok(received) => received,
        Err(refusal) => {
            if let Refusal::Disk(error) = &refusal {
                tracing::error!(%error, "an upload could not be written");
            }
            let (status, sentence) = refusal.sentence();
            return refuse(&web, &viewer, status, &sentence).await;
        }
    };
    tracing::info!(files = received.len(), "files were uploaded");
    // From here on the import owns the files: it deletes them when it is done, or refuses them.
    let mut uploads = Vec::new();
    for Received { name, path } in received {
        let path = path.keep().map_err(|error| {
            tracing::error!(%error, "an upload could not be kept");
            Fault::Refused(StatusCode::INTERNAL_SERVER_ERROR, Refusal::Broken.sentence().1)
        })?;
        uploads.push(Upload { path, name });
    }
    // In a task of its own: a browser that goes away meanwhile must not leave the files behind.
    let (app, runner) = (web.app.clone(), viewer.runner.clone());
    let work = async move { app.start_import(&runner, uploads, true).await };
    match tokio::spawn(work.in_current_span()).await {
        Ok(Ok(())) => Ok(Redirect::to("/welcome/import").into_response()),
        Ok(Err(error)) => {
            refuse(&web, &viewer, fault::status(error.kind()), &error.to_string()).await
        }
        Err(_) => {
            let (status, sentence) = Refusal::Broken.sentence();
            refuse(&web, &viewer, status, &sentence).await
        }
    }
}

async fn refuse(
    web: &Web,
    viewer: &Viewer,
    status: StatusCode,
    sentence: &str,
) -> Result<Response, Fault> {
    let draft = Draft::with(Wrong::one("archive", sentence));
    Ok((status, welcome::import_page(web, viewer, &draft).await?).into_response())
}

async fn store(mut form: Multipart, web: &Web, idle: &Idle) -> Result<Vec<Received>, Refusal> {
    let most = web.config.max_upload_bytes;
    let (mut all, mut left) = (Vec::new(), most);
    while let Some(field) = form.next_field().await? {
        let named = field.file_name().is_some_and(|name| !name.is_empty());
        if field.name() != Some("archive") || !named {
            continue;
        }
        let received = match all.len() {
            FILES_MAX => Err(Refusal::TooMany),
            _ => write(field, web, &mut left, idle).await,
        };
        match received {
            Ok(received) => all.push(received),
            Err(refusal) => {
                if matches!(refusal, Refusal::TooLarge(_) | Refusal::TooMany) {
                    drain(form, most, idle).await;
                }
                return Err(refusal);
            }
        }
    }
    match all.as_slice() {
        [] => Err(Refusal::NoFile),
        [one] if left == most => Err(Refusal::Empty(one.name.clone())),
        _ => Ok(all),
    }
}

/// Browsers show an answer only when they could send everything, so a little too much is read on.
async fn drain(mut form: Multipart, most: u64, idle: &Idle) {
    let mut left = most;
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(chunk)) = field.chunk().await {
            idle.end();
            left = left.saturating_sub(chunk.len() as u64);
            if left == 0 {
                return;
            }
        }
    }
}

/// Writes a file; `left` is how many bytes more may come.
async fn write(
    mut field: Field<'_>,
    web: &Web,
    left: &mut u64,
    idle: &Idle,
) -> Result<Received, Refusal> {
    let name = file_name(field.file_name().unwrap_or_default());
    if name.is_empty() {
        return Err(Refusal::NoFile);
    }
    let file = open(&web.config.upload_dir, ending(&name))?;
    let mut writer = tokio::fs::File::from_std(file.reopen()?);
    while let Some(chunk) = field.chunk().await? {
        idle.end();
        *left = left
            .checked_sub(chunk.len() as u64)
            .ok_or(Refusal::TooLarge(web.config.max_upload_bytes))?;
        writer.write_all(&chunk).await?;
    }
    writer.flush().await?;
    Ok(Received { name, path: file.into_temp_path() })
}

fn open(dir: &Path, ending: &str) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).suffix(ending).tempfile_in(dir)
}

/// The last part of the name the browser gave, without control characters; only shown, never used
/// as a path.
fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(NAME_LENGTH).collect()
}

/// The reader tells files that their first bytes do not tell by their ending.
fn ending(name: &str) -> &'static str {
    const ENDINGS: [&str; 7] = [".csv", ".fit", ".fit.gz", ".gpx", ".gpx.gz", ".tcx", ".tcx.gz"];
    let name = name.to_ascii_lowercase();
    ENDINGS.into_iter().find(|end| name.ends_with(end)).unwrap_or(".zip")
}

#[cfg(test)]
mod tests {
    use super::{ending, file_name, prepare, size};

    /// A crash leaves an upload behind; the next start removes it, and nothing else.
    #[tokio::test]
    async fn a_start_removes_what_a_crash_left() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = dir.path().join("made/when/missing");
        prepare(&uploads).await.unwrap();
        std::fs::write(uploads.join("upload-x.zip"), "half").unwrap();
        std::fs::write(uploads.join("notes.txt"), "not ours").unwrap();
        let running = prepare(&uploads).await.unwrap();
        let left = || {
            let entries = std::fs::read_dir(&uploads).unwrap();
            let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(left(), ["lock", "notes.txt"]);
        // A second server on the same folder leaves alone what the first one is importing.
        std::fs::write(uploads.join("upload-y.zip"), "being imported").unwrap();
        prepare(&uploads).await.unwrap();
        assert_eq!(left(), ["lock", "notes.txt", "upload-y.zip"]);
        drop(running);
        prepare(&uploads).await.unwrap();
        assert_eq!(left(), ["lock", "notes.txt"]);
    }

    #[test]
    fn a_given_name_is_only_a_name() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\runs\\export.ZIP"), "export.ZIP");
        assert_eq!(file_name("a\u{0}\nb.zip"), "ab.zip");
        assert_eq!(file_name(&"x".repeat(500)).len(), 120);
        assert_eq!((ending("Activities.CSV"), ending("export.zip")), (".csv", ".zip"));
        assert_eq!((ending("a.FIT"), ending("b.gpx.gz")), (".fit", ".gpx.gz"));
        assert_eq!((ending("notes.txt"), ending("")), (".zip", ".zip"));
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(size(4_500_000_000), "4.5 GB");
        assert_eq!(size(300_000_000), "300 MB");
        assert_eq!(size(900), "900 bytes");
    }
}
