//! Lists in pages: a bounded number of items, and where the next page begins.

use super::problem::{self, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Items of a page where none is asked for.
const LIMIT: u16 = 50;
/// Most items of a page.
const LIMIT_MAX: u16 = 200;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// The items.
    pub(super) items: Vec<T>,
    /// The `cursor` of the next page; null on the last one.
    pub(super) next: Option<String>,
}

/// How many items are asked for.
pub(super) fn limit(asked: Option<u16>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(LIMIT);
    if (1..=LIMIT_MAX).contains(&limit) {
        return Ok(usize::from(limit));
    }
    let sentence = format!("a page holds 1 to {LIMIT_MAX} items, not {limit}");
    Err(Problem::of_field(problem::BAD_QUERY, "limit", &sentence))
}

/// A cursor that is none of ours.
pub(super) fn bad_cursor() -> Problem {
    let sentence = "this cursor was not made by Hermes; take it from `next` of the page before";
    Problem::of_field(problem::BAD_QUERY, "cursor", sentence)
}

/// Reads a cursor of two numbers.
pub(super) fn pair(cursor: Option<&str>) -> Result<Option<(i64, i64)>, Problem> {
    let Some(text) = cursor else { return Ok(None) };
    let read = text.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    read.map(Some).ok_or_else(bad_cursor)
}

impl<T> Page<T> {
    /// A page of a list that is known whole, whose items have rising keys: those after `cursor`.
    pub(super) fn of_all<I>(
        all: Vec<I>,
        (limit, cursor): (usize, Option<(i64, i64)>),
        key: impl Fn(&I) -> (i64, i64),
        view: impl Fn(I) -> T,
    ) -> Self {
        let rest: Vec<I> =
            all.into_iter().filter(|item| cursor.is_none_or(|c| key(item) > c)).collect();
        let more = rest.len() > limit;
        let last = rest.get(..limit).and_then(|page| page.last()).filter(|_| more);
        let next = last.map(&key).map(|(a, b)| format!("{a}.{b}"));
        Self { items: rest.into_iter().take(limit).map(view).collect(), next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_every_item_exactly_once() {
        let all: Vec<(i64, i64)> = (0..23).map(|n| (n / 3, n % 3)).collect();
        for size in 1..=24 {
            let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
            loop {
                let page = Page::of_all(all.clone(), (size, cursor), |i| *i, |i| i);
                assert!(page.items.len() <= size && !page.items.is_empty());
                seen.extend(page.items);
                pages += 1;
                cursor = pair(page.next.as_deref()).unwrap();
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((seen, pages), (all.clone(), all.len().div_ceil(size)));
        }
    }

    #[test]
    fn limits_and_cursors_are_checked() {
        assert_eq!(limit(None).ok(), Some(50));
        assert_eq!(limit(Some(200)).ok(), Some(200));
        assert!(limit(Some(0)).is_err() && limit(Some(201)).is_err());
        assert_eq!(pair(Some("-3.7")).ok(), Some(Some((-3, 7))));
        for bad in ["", "3", "a.b", "1.2.3", "9999999999999999999.1"] {
            assert!(pair(Some(bad)).is_err(), "{bad}");
        }
    }
}
