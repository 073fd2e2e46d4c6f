//! The room for Strava's OAuth, REST API, webhooks and their simulator.
//!
//! It is empty until the Strava-and-files issue: Hermes reads the runner's own bulk export first
//! (room `formats`), because Strava's terms limit what an API client may keep. The room exists so
//! that the walls test already guards it: nothing outside may learn Strava's JSON.
