//! A callback that Strava can reach: just enough HTTP for its questions and its events.

use hermes_app::App;
use hermes_app::strava::Handshake;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// It ends when this is dropped.
pub(crate) struct Hook {
    pub(crate) url: String,
    server: JoinHandle<()>,
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Hook {
    pub(crate) async fn of(app: &App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = app.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let app = app.clone();
                tokio::spawn(async move { answer(&app, stream).await });
            }
        });
        Self { url, server }
    }
}

async fn answer(app: &App, mut stream: TcpStream) {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    let (head, body) = loop {
        let n = stream.read(&mut part).await.unwrap_or(0);
        bytes.extend_from_slice(&part[..n]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                break (head.to_owned(), body.to_owned());
            }
        }
        if n == 0 {
            return;
        }
    };
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let secret = path.rsplit('/').next().unwrap();
    let mut reply = ("404 Not Found", String::new());
    if app.is_strava_hook(secret).await.unwrap() {
        if method == "POST" {
            app.strava_pushed(body.as_bytes()).await.unwrap();
            reply = ("200 OK", String::new());
        } else {
            let asked = |name: &str| {
                let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                pairs.into_iter().find(|(key, _)| *key == name).map(|(_, v)| v.to_owned())
            };
            let asked = Handshake {
                mode: asked("hub.mode"),
                challenge: asked("hub.challenge"),
                verify: asked("hub.verify_token"),
            };
            if let Some(challenge) = app.strava_handshake(&asked).await.unwrap() {
                reply = ("200 OK", format!("{{\"hub.challenge\":\"{challenge}\"}}"));
            }
        }
    }
    let (status, body) = reply;
    let reply = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(reply.as_bytes()).await;
}
