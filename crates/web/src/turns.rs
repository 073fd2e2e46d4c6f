//! Changes of one browser are dealt with one after the other: the second of a double press finds
//! what the first one did. Use cases look first and write then, so two at once could both do it.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Places to wait at. Browsers that share one wait for each other a little.
const PLACES: usize = 256;

/// Where changes wait for their turn.
#[derive(Clone)]
pub(crate) struct Turns(Arc<[Arc<Mutex<()>>]>);

/// A turn, for as long as it is held; without cookies nobody is known and nobody waits.
pub(crate) type Turn = Option<OwnedMutexGuard<()>>;

impl Default for Turns {
    fn default() -> Self {
        Self((0..PLACES).map(|_| Arc::default()).collect())
    }
}

impl Turns {
    /// Waits until the browser with these cookies has no other change under way. However long that
    /// takes: whoever asks bounds it.
    pub(crate) fn wait(&self, headers: &HeaderMap) -> impl Future<Output = Turn> + use<> {
        let mut hasher = DefaultHasher::new();
        let mut cookies = headers.get_all(COOKIE).iter().peekable();
        let known = cookies.peek().is_some();
        cookies.for_each(|line| line.as_bytes().hash(&mut hasher));
        let number = usize::try_from(hasher.finish() % PLACES as u64).unwrap_or_default();
        let place = self.0.get(number).filter(|_| known).cloned();
        async move { Some(place?.lock_owned().await) }
    }
}
