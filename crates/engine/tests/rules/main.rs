//! Tests of the hard rules: scenarios, limits and properties of the checker.

mod edges;
mod limits;
mod properties;
mod runner;
mod scenarios;
mod thresholds;
