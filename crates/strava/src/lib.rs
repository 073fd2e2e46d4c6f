//! The room for Strava: the client of its API, what it says and means, and a simulator of it.
//!
//! Nothing outside learns Strava's JSON: a caller is given checked values ([`client::Activity`]) and
//! typed refusals ([`client::Refusal`]), each with a sentence that says what to do about it.
//! Nothing in the client reads a clock or decides when something is asked.

pub mod client;
pub mod sim;
