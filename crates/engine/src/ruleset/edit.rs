//! Figures of the runner's edits (section 14).

use crate::units::{Metres, Seconds};

/// EDIT, m: the shortest run that an edit may ask for. Design.
pub const EDIT_RUN_MIN: Metres = Metres(1000);
/// EDIT, m: the longest run that an edit may ask for; what lies beyond is taken for a slip of the
/// hand. Design.
pub const EDIT_RUN_MAX: Metres = Metres(100_000);
/// EDIT, permille: what "easier" leaves of each run, as much as the easier week that is offered to
/// who is busy. Schema notes.
pub const EASIER_PERMILLE: i64 = 800;
/// EDIT, permille: what "harder" makes of each run at most. Design.
pub const HARDER_PERMILLE: i64 = 1100;
/// EDIT, permille: the steps in which "harder" looks for what is allowed. Design.
pub const HARDER_STEP_PERMILLE: i64 = 10;
/// EDIT, min: threshold running of a tempo run that the runner asks for. Design (Daniels: 20 min).
pub const ASKED_TEMPO: Seconds = Seconds::minutes(20);
/// EDIT, count and m: repetitions of an interval session that the runner asks for. Design.
pub const ASKED_INTERVALS: (u8, Metres) = (6, Metres(400));
/// EDIT, count and m: repetitions of a hill session that the runner asks for. Design.
pub const ASKED_HILLS: (u8, Metres) = (6, Metres(200));
/// EDIT, count and min: faster stretches of a fartlek that the runner asks for. Design.
pub const ASKED_FARTLEK: (u8, Seconds) = (6, Seconds::minutes(2));
/// EDIT, m: the timed distance of a time trial that the runner asks for. Design (milestones: 5K).
pub const ASKED_TRIAL: Metres = Metres(5000);
/// EDIT, min: cross training that the runner asks for. Design.
pub const ASKED_CROSS: Seconds = Seconds::minutes(30);
