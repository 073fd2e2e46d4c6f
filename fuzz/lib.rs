//! What the targets do with their bytes.

pub mod archive;
pub mod facts;
