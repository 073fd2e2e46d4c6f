//! Whole seasons of virtual runners, week by week, as the pipeline plans them: published weeks
//! break no rule, are not needlessly poor, and follow from nothing but their inputs.

#![expect(clippy::unwrap_used, reason = "a test may panic; these are its helpers")]

mod absurd;
mod hostile;
#[path = "../length/mod.rs"]
mod length;
mod mend;
mod plenty;
mod same;
mod steady;
mod worse;

pub(crate) use length::weeks;
