//! Being asked to end: Ctrl-C, or a service manager's request to terminate.

use tokio::sync::watch;

/// Told when to end. It listens from the moment it is made: who is asked to end before they are
/// done with beginning ends as well, and cleans up.
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(super) fn listen() -> Self {
        let (asked, stop) = watch::channel(false);
        let end = end();
        tokio::spawn(async move {
            end.await;
            asked.send_replace(true);
        });
        Self(stop)
    }

    /// Ends when it was asked to.
    pub(super) async fn asked(mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            // Without signals a program runs until it is killed.
            std::future::pending::<()>().await;
        }
    }
}

/// Listens at once; ends with the first request.
#[cfg(unix)]
fn end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
    let [interrupt, terminate] = kinds.map(signal);
    async move {
        let told = async |signal: std::io::Result<tokio::signal::unix::Signal>| match signal {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        };
        tokio::select! {
            () = told(interrupt) => {}
            () = told(terminate) => {}
        }
    }
}

#[cfg(not(unix))]
async fn end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
