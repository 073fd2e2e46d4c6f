//! The client against answers that go wrong, and what it sends.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use hermes_strava::client::{Cause, Client, RevokeStyle, Settings, Span, StravaError};
use secrecy::SecretString;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What is said to every request, and the requests as they came.
struct Stub {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    async fn saying(reply: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (reply, noted) = (reply.into(), asked.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 16 << 10];
                let mut text = String::new();
                while let Ok(n) = stream.read(&mut bytes).await {
                    text.push_str(&String::from_utf8_lossy(&bytes[..n]));
                    let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                        let length = head.lines().find_map(|line| {
                            let line = line.to_ascii_lowercase();
                            line.strip_prefix("content-length: ")?.parse::<usize>().ok()
                        });
                        body.len() >= length.unwrap_or(0)
                    });
                    if n == 0 || whole {
                        break;
                    }
                }
                noted.lock().unwrap().push(text);
                if reply.is_empty() {
                    tokio::time::sleep(Duration::from_secs(5)).await;
                }
                let _ = stream.write_all(&reply).await;
            }
        });
        Self { url, asked }
    }

    fn client(&self, revoke: RevokeStyle) -> Client {
        let mut settings = Settings::of("123".to_owned(), "S-SECRET".to_owned().into());
        settings.oauth_host.clone_from(&self.url);
        settings.api_base = format!("{}/api/v3", self.url);
        settings.revoke = revoke;
        settings.answer_time = Duration::from_millis(400);
        Client::new(settings).unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn http(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn token() -> SecretString {
    "A-TOKEN".to_owned().into()
}

const TOKENS: &str = r#"{"access_token":"A-TOKEN","refresh_token":"R-TOKEN",
    "expires_at":1795328000,"expires_in":21600,"athlete":{"id":7,"firstname":"A"}}"#;

/// stravalib#740: secrets stood in addresses, and so in logs.
#[tokio::test]
async fn no_address_holds_a_token_or_the_secret_but_the_one_that_must() {
    let stub = Stub::saying(http("200 OK", "", TOKENS)).await;
    let client = stub.client(RevokeStyle::Revoke);
    let grant = client.exchange(&"C-CODE".to_owned().into()).await.unwrap().value;
    client.refresh(&grant.tokens.refresh).await.unwrap();
    client.revoke(&grant.tokens).await.unwrap();
    stub.client(RevokeStyle::Deauthorize).revoke(&grant.tokens).await.unwrap();
    let _ = client.activities(&token(), Span::default(), 1).await;
    let _ = client.subscribe("http://h/x", &token()).await;
    let _ = client.unsubscribe(7).await;
    let asked = stub.asked();
    assert_eq!(asked.len(), 7);
    for request in &asked {
        let line = request.lines().next().unwrap();
        for secret in ["S-SECRET", "A-TOKEN", "R-TOKEN", "C-CODE"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
    let header = |n: usize, text: &str| asked[n].to_ascii_lowercase().contains(text);
    assert!(header(2, "authorization: basic "));
    assert!(asked[2].starts_with("POST /oauth/revoke"), "{}", asked[2]);
    assert!(asked[3].starts_with("POST /oauth/deauthorize"), "{}", asked[3]);
    assert!(header(4, "authorization: bearer a-token"));
    // The one that Strava reads nowhere else; what goes wrong with it does not say it on.
    let failing = Stub::saying(http("500 Oops", "", "<html>S-SECRET</html>")).await;
    let error = failing.client(RevokeStyle::Revoke).subscription().await.unwrap_err();
    assert!(failing.asked()[0].starts_with("GET /api/v3/push_subscriptions?client_id=123&"));
    let nobody = Stub { url: "http://127.0.0.1:9".to_owned(), asked: Arc::default() };
    let lost = nobody.client(RevokeStyle::Revoke).subscription().await.unwrap_err();
    let said = format!("{error} {error:?} {lost} {lost:?}");
    assert!(!said.contains("SECRET") && !said.contains("client_"), "{said}");
    let url = client.authorize_url("http://127.0.0.1:8080/back", "st&te", true);
    assert!(url.contains("state=st%26te") && url.contains("approval_prompt=force"), "{url}");
    assert!(!url.contains("SECRET") && !format!("{client:?}").contains("SECRET"));
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_is_told_apart() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\n[{\"id\":";
    let page = async |reply: String| {
        let stub = Stub::saying(reply).await;
        let client = stub.client(RevokeStyle::Revoke);
        client.activities(&token(), Span::default(), 1).await.unwrap_err()
    };
    assert!(matches!(page(cut.to_owned()).await, StravaError::Unreachable(_)));
    assert!(matches!(page(String::new()).await, StravaError::TimedOut));
    let odd = page(http("200 OK", "", "[{\"id\":1")).await;
    assert!(matches!(odd, StravaError::Unreadable(_)), "{odd}");
    assert!(matches!(page(http("200 OK", "", "{}")).await, StravaError::Unreadable(_)));
    let moved = page(http("302 Found", "Location: http://127.0.0.1:9/\r\n", "")).await;
    assert!(matches!(moved.cause(), Some(Cause::Other(_))), "no token follows: {moved}");
    let full = page(http(
        "429 Too Many",
        "X-RateLimit-Limit: 200,2000\r\nX-RateLimit-Usage: 201,300\r\n",
        "",
    ))
    .await;
    assert_eq!(full.cause(), Some(&Cause::RateLimited));
    assert_eq!(full.limits().overall.quarter.unwrap().used, 201);
    let nobody = Stub { url: "http://127.0.0.1:9".to_owned(), asked: Arc::default() };
    let nobody = nobody.client(RevokeStyle::Revoke).athlete(&token()).await.unwrap_err();
    assert!(matches!(nobody, StravaError::Unreachable(_)));
    assert!(!format!("{nobody:?} {nobody}").contains("127.0.0.1"), "{nobody:?}");
}

/// node-strava-v3#103: milliseconds are refused as a time to come.
#[tokio::test]
async fn times_are_asked_for_in_seconds() {
    let stub = Stub::saying(http("200 OK", "", "[]")).await;
    let span = Span { after: Some("2026-03-01T00:00:00.5Z".parse().unwrap()), before: None };
    let page = stub.client(RevokeStyle::Revoke).activities(&token(), span, 3).await.unwrap();
    assert_eq!(page.value.entries, 0);
    let asked = stub.asked().remove(0);
    assert!(asked.contains("after=1772323200&") || asked.contains("after=1772323200 "), "{asked}");
    assert!(asked.contains("page=3") && asked.contains("per_page=200"), "{asked}");
}

#[test]
fn secrets_go_to_https_or_this_machine_only() {
    let made = |base: &str| {
        let mut settings = Settings::of("1".to_owned(), "s".to_owned().into());
        settings.api_base = base.to_owned();
        Client::new(settings).map(drop).map_err(|e| e.to_string())
    };
    for good in ["https://www.api-v3.strava.com", "http://127.0.0.1:1/api/v3", "http://localhost"] {
        assert_eq!(made(good), Ok(()));
    }
    for bad in ["http://www.strava.com", "ftp://x", "strava", "https://www.strava.com/", ""] {
        assert!(made(bad).unwrap_err().contains("write it like"), "{bad}");
    }
}
