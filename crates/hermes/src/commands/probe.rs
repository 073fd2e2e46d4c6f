//! `hermes probe`: the readiness of a running server, for containers without an HTTP client.

use crate::cli::Options;
use crate::output;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of an answer that are read; it is a line and its headers.
const ANSWER_BYTES: u64 = 4096;

pub(super) async fn probe(options: &Options, address: SocketAddr) -> Result<ExitCode> {
    let asked = tokio::time::timeout(PATIENCE, ask(address)).await;
    let answer = match asked {
        Ok(answer) => answer.with_context(|| format!("no Hermes answers at {address}"))?,
        Err(_) => bail!("{address} does not answer within {} s", PATIENCE.as_secs()),
    };
    let ready = answer.starts_with("HTTP/1.1 200 ");
    let said = answer.split("\r\n\r\n").nth(1).unwrap_or_default().trim();
    if options.json {
        output::json(&json!({ "ready": ready, "said": said }))?;
    } else {
        output::print(&format!("{said}\n"))?;
    }
    Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut server = TcpStream::connect(address).await?;
    let request =
        format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    server.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    server.take(ANSWER_BYTES).read_to_string(&mut answer).await?;
    Ok(answer)
}
