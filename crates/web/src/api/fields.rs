//! Checks of single fields, each with its sentence.

use super::problem::{Problem, Sort};

/// A number that is out of its range.
pub(super) fn range(sort: Sort, field: &str, value: i64, (low, high): (i64, i64)) -> Problem {
    Problem::of_field(
        sort,
        field,
        &format!("{value} cannot be; give a number from {low} to {high}"),
    )
}
