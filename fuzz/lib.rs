//! What the targets do with their bytes.

pub mod activity;
pub mod archive;
pub mod facts;
pub mod strava;
