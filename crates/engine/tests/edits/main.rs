//! The runner's hand: edits as previews with verdict, reason and nearest alternative; they survive
//! whatever is planned anew, and none of them ever breaks a hard rule.

#![expect(clippy::unwrap_used, reason = "a test may panic; these are its helpers")]

mod any;
mod kinds;
#[path = "../length/mod.rs"]
mod length;
mod ratchet;
