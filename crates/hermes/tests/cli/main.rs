//! The command line as a runner uses it: the built binary, real files, both databases.

mod bad_input;
mod real_archive;
mod steady_runner;
mod tools;
