//! Connections: how many are open at once, and how long a peer may keep one waiting, until it has
//! said what it wants and while it takes the answer. Bodies have their bounds in the routes.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

type Written = Poll<io::Result<usize>>;

/// Bounds of a listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Most connections that are open; whoever comes then waits in the system's queue. Every one
    /// holds a file, and many systems give a process 1024: half of them stay for the database,
    /// archives and other servers.
    pub(crate) open: usize,
    /// How long a peer may keep us waiting: until the head of its request is there, from the
    /// beginning of the connection or the end of the answer before, so that being idle counts; and
    /// without taking anything of an answer. Enough for the slowest network, and as long as a page
    /// may take.
    pub(crate) wait: Duration,
}

impl Limits {
    /// Those of the pages, the API and the metrics.
    pub(crate) const USUAL: Self = Self { open: 512, wait: Duration::from_secs(30) };
}

/// Serves a listener until `stop` is ready; then takes nothing new and ends when open requests are
/// answered.
pub(crate) async fn serve(
    mut listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.open));
    let open = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.wait);
    let mut stop = pin!(stop);
    loop {
        let (stream, place) = tokio::select! {
            Some(next) = next(&mut listener, &places) => next,
            () = &mut stop => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let stream = TokioIo::new(Taken { stream, wait: limits.wait, waiting: None });
        let answered = open.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            if let Err(error) = answered.await {
                // A peer that went away or was too slow: its own affair.
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// The next connection, once there is a place for it.
async fn next(
    listener: &mut TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    // Nobody closes it.
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, _) = axum::serve::Listener::accept(listener).await;
    Some((stream, place))
}

/// A stream whose peer has to take what is written: one that takes nothing for too long is given up.
struct Taken {
    stream: TcpStream,
    wait: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Taken {
    fn bounded(&mut self, cx: &mut Context<'_>, written: Written) -> Written {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let wait = self.wait;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(wait)));
        waiting.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Taken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Taken {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Written {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.bounded(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Written {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, serve};
    use axum::Router;
    use axum::routing::get;
    use std::net::SocketAddr;
    use std::time::{Duration, Instant};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    /// Longer than anything here takes; a test that waits so long has failed.
    const PATIENCE: Duration = Duration::from_secs(20);
    /// More than the system keeps for a peer that takes nothing.
    const MUCH: usize = 32_000_000;
    const WHOLE: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    struct Server {
        at: SocketAddr,
        stop: oneshot::Sender<()>,
        serving: JoinHandle<()>,
    }

    async fn start(limits: Limits) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/much", get(|| async { "x".repeat(MUCH) }));
        let (stop, stopped) = oneshot::channel();
        let told = async move { stopped.await.unwrap() };
        Server { at, stop, serving: tokio::spawn(serve(listener, router, limits, told)) }
    }

    /// What is still sent until the other side closes.
    async fn rest(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        let read = stream.read_to_string(&mut text);
        tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
        text
    }

    /// Asks, and reads the answer; the connection stays open.
    async fn ask(stream: &mut TcpStream) -> String {
        stream.write_all(WHOLE.as_bytes()).await.unwrap();
        let mut text = String::new();
        while !text.ends_with("here") {
            let mut some = [0; 512];
            let read = stream.read(&mut some);
            let n = tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
            assert!(n > 0, "closed after {text:?}");
            text += std::str::from_utf8(&some[..n]).unwrap();
        }
        text
    }

    #[tokio::test]
    async fn a_client_that_never_says_all_of_its_head_is_closed() {
        let head = Duration::from_millis(300);
        let server = start(Limits { open: 9, wait: head }).await;
        for half in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n"] {
            let mut slow = TcpStream::connect(server.at).await.unwrap();
            let begun = Instant::now();
            slow.write_all(half.as_bytes()).await.unwrap();
            assert!(!rest(&mut slow).await.contains("200 OK"), "{half:?}");
            assert!(begun.elapsed() >= head, "{half:?} was not given its time");
        }
        // Byte by byte is no way around it.
        let mut slow = TcpStream::connect(server.at).await.unwrap();
        let drip = async {
            for byte in WHOLE.bytes() {
                tokio::time::sleep(head / 6).await;
                slow.write_all(&[byte]).await?;
            }
            std::io::Result::Ok(rest(&mut slow).await)
        };
        let answer = tokio::time::timeout(PATIENCE, drip).await.unwrap();
        assert!(answer.is_err() || !answer.unwrap().contains("200 OK"));
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed_and_a_busy_one_is_kept() {
        let head = Duration::from_millis(600);
        let server = start(Limits { open: 9, wait: head }).await;
        let mut kept = TcpStream::connect(server.at).await.unwrap();
        let begun = Instant::now();
        while begun.elapsed() < head * 2 {
            assert!(ask(&mut kept).await.starts_with("HTTP/1.1 200 OK"));
            tokio::time::sleep(head / 6).await;
        }
        let idle = Instant::now();
        assert_eq!(rest(&mut kept).await, "");
        assert!(idle.elapsed() < PATIENCE);
    }

    #[tokio::test]
    async fn who_comes_when_all_places_are_taken_waits_for_one() {
        let server = start(Limits { open: 2, wait: PATIENCE }).await;
        let mut first = TcpStream::connect(server.at).await.unwrap();
        let mut second = TcpStream::connect(server.at).await.unwrap();
        for taken in [&mut first, &mut second] {
            ask(taken).await;
        }
        let mut third = TcpStream::connect(server.at).await.unwrap();
        third.write_all(WHOLE.as_bytes()).await.unwrap();
        let mut byte = [0];
        let early = tokio::time::timeout(Duration::from_millis(200), third.read(&mut byte)).await;
        assert!(early.is_err(), "answered although both places were taken");
        assert!(ask(&mut second).await.contains("200 OK"), "who is in goes on");
        drop(first);
        let answered = tokio::time::timeout(PATIENCE, third.read(&mut byte)).await.unwrap();
        assert_eq!((answered.unwrap(), byte[0]), (1, b'H'));
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_of_its_answer_is_given_up() {
        let server = start(Limits { open: 1, wait: Duration::from_millis(300) }).await;
        let mut deaf = TcpStream::connect(server.at).await.unwrap();
        deaf.write_all(b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let mut next = TcpStream::connect(server.at).await.unwrap();
        assert!(ask(&mut next).await.contains("200 OK"), "its place is free again");
        // One that takes it slowly gets all of it.
        drop((deaf, next));
        let mut slow = TcpStream::connect(server.at).await.unwrap();
        let request = b"GET /much HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        slow.write_all(request).await.unwrap();
        let (mut all, mut some) = (0, vec![0; 2_000_000]);
        loop {
            match tokio::time::timeout(PATIENCE, slow.read(&mut some)).await.unwrap().unwrap() {
                0 => break,
                n => all += n,
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(all > MUCH, "{all}");
    }

    #[tokio::test]
    async fn a_stop_is_not_held_up_by_who_waits_or_is_idle() {
        let server = start(Limits { open: 2, wait: PATIENCE * 2 }).await;
        let mut idle = TcpStream::connect(server.at).await.unwrap();
        ask(&mut idle).await;
        let _silent = TcpStream::connect(server.at).await.unwrap();
        let _waiting = TcpStream::connect(server.at).await.unwrap();
        server.stop.send(()).unwrap();
        tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
        assert!(TcpStream::connect(server.at).await.is_err(), "it still listens");
    }
}
