//! The room for Strava's OAuth, REST API, webhooks and their simulator.
//!
//! The walls test guards it: nothing outside may learn Strava's JSON.

pub mod sim;
