#![doc = include_str!("../README.md")]

pub mod absurd;
mod care;
pub mod cohort;
pub mod hostile;
pub mod life;
pub mod lock;
pub mod newcomer;
pub mod report;
pub mod rng;
pub mod tally;
pub mod walk;

use std::ops::Range;
use tally::Tally;

/// Tallies a job for each runner of a range, on so many threads. The sum does not depend on how
/// many there are. `done` hears of every runner that is through.
pub fn tally(
    runners: Range<u64>,
    threads: u64,
    done: &(dyn Fn() + Sync),
    job: &(dyn Fn(u64) -> Tally + Sync),
) -> Tally {
    let threads = threads.clamp(1, 64);
    let share = |thread: u64| {
        let mut sum = Tally::default();
        for runner in runners.clone().filter(|runner| runner % threads == thread) {
            sum.add(job(runner));
            done();
        }
        sum
    };
    let share = &share;
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|t| scope.spawn(move || share(t))).collect();
        let mut sum = Tally::default();
        for thread in all {
            match thread.join() {
                Ok(part) => sum.add(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        sum
    })
}
