//! The simulator as an application sees it: over HTTP, with time that moves only when it is told to.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod faults;
mod limits;
mod oauth;
mod scene;
mod shapes;
mod webhooks;
