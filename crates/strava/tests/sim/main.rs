//! The simulator as an application sees it: over HTTP, with time that moves only when it is told to.

mod faults;
mod limits;
mod oauth;
mod scene;
mod shapes;
mod webhooks;
