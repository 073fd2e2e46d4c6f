//! Goal: the short form of `hermes simulate` keeps every promise.
//! Method: 200 runners live a year; the promises of the report are asked one by one.

use hermes_season::report::promises;
use hermes_season::walk::walk;

#[test]
fn a_year_of_two_hundred_runners_keeps_every_promise() {
    let t = hermes_season::tally(0..200, 4, &|| {}, &|k| walk(1, k, 52, &mut |_| {}));
    assert_eq!((t.runners, t.weeks, t.days), (200, 200 * 52, 200 * 364));
    for p in promises(&t) {
        assert!(p.kept, "{}: {}", p.what, p.seen);
    }
    assert_eq!((t.never_closed.cases, t.adjacent.cases, t.run_after_race.cases), (0, 0, 0));
}
