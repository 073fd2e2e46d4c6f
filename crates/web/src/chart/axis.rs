//! Axes: round figures that cover what is drawn, and the months below it.

use hermes_engine::calendar::Day;
use maud::{Markup, html};

/// The drawing's own width and height; the page scales it.
pub(super) const WIDTH: i64 = 680;
/// Where the plot begins and ends, from the left.
pub(super) const LEFT: i64 = 58;
/// See [`LEFT`].
pub(super) const RIGHT: i64 = 672;
/// Where the plot begins and ends, from the top.
pub(super) const TOP: i64 = 30;
/// See [`TOP`].
pub(super) const FLOOR: i64 = 244;
/// Height of the whole drawing with the words below the plot.
pub(super) const HEIGHT: i64 = 276;
/// Most lines of an axis.
const LINES: i64 = 6;
/// Months that find room below a plot.
const MONTHS: usize = 8;

/// A vertical axis: the values of its lines, lowest first.
pub(super) struct Axis {
    pub(super) lines: Vec<i64>,
    /// The lowest value is at the top: for paces and times, where less is better.
    pub(super) flipped: bool,
}

impl Axis {
    /// Lines at multiples of the smallest of `steps` that covers the values with few of them.
    pub(super) fn over(low: i64, high: i64, steps: &[i64], flipped: bool) -> Self {
        let span = (high - low).max(1);
        let fits = |step: &&i64| span / **step < LINES - 1;
        let step = steps.iter().find(fits).or(steps.last()).copied().unwrap_or(1).max(1);
        let first = low.div_euclid(step);
        let last = (high.div_euclid(step) + i64::from(high.rem_euclid(step) > 0)).max(first + 1);
        Self { lines: (first..=last).map(|n| n * step).collect(), flipped }
    }

    /// The height of a value in the drawing.
    pub(super) fn y(&self, value: i64) -> i64 {
        let (low, high) = (self.lines.first(), self.lines.last());
        let (low, high) = (low.copied().unwrap_or(0), high.copied().unwrap_or(1));
        let up = (value - low) * (FLOOR - TOP) / (high - low).max(1);
        if self.flipped { TOP + up } else { FLOOR - up }
    }

    /// The lines with their values in words.
    pub(super) fn draw(&self, unit: &str, word: impl Fn(i64) -> String) -> Markup {
        html! {
            text.unit x="0" y="12" { (unit) }
            @for line in &self.lines {
                @let y = self.y(*line);
                line.grid x1=(LEFT) x2=(RIGHT) y1=(y) y2=(y) {}
                text.end x=(LEFT - 8) y=(y + 4) { (word(*line)) }
            }
        }
    }
}

/// A span of days along the plot.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) first: Day,
    pub(super) last: Day,
}

impl Span {
    /// Where a day stands.
    pub(super) fn x(self, day: Day) -> i64 {
        let days = (self.last - self.first).max(1);
        LEFT + ((day - self.first) * (RIGHT - LEFT) / days).clamp(0, RIGHT - LEFT)
    }

    /// The names of the months, as many as find room.
    pub(super) fn months(self, y: i64) -> Markup {
        let days = (0..=self.last - self.first).map(|i| self.first + i);
        let firsts: Vec<Day> = days.filter(|d| d.date().day() == 1).collect();
        let every = firsts.len().div_ceil(MONTHS).max(1);
        html! {
            @for day in firsts.iter().step_by(every) {
                @let x = self.x(*day);
                line.grid x1=(x) x2=(x) y1=(FLOOR) y2=(FLOOR + 5) {}
                @if x < RIGHT - 20 { text x=(x) y=(y) { (day.date().strftime("%b")) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Axis, FLOOR, LINES, TOP};

    /// Whatever is drawn lies on the paper, between few lines.
    #[test]
    fn an_axis_covers_its_values_with_few_lines() {
        let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500];
        for low in [-400, -3, 0, 7] {
            for high in (low..low + 2000).step_by(37) {
                for flipped in [false, true] {
                    let axis = Axis::over(low, high, &steps, flipped);
                    assert!((2..=LINES as usize + 1).contains(&axis.lines.len()), "{low}-{high}");
                    for value in [low, high] {
                        assert!((TOP..=FLOOR).contains(&axis.y(value)), "{low}-{high}");
                    }
                }
            }
        }
    }
}
