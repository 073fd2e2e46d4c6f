//! Hermes Training OS: one binary for the web application and the command line.

mod cli;
mod commands;
mod config;
mod output;

use clap::Parser;
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;

/// Plans are made of many small lists: the system's allocator took a fifth of the weekly pipeline.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut cli = cli::Cli::parse();
    let outcome = commands::demo::place(&mut cli).and_then(|_passing| {
        let config = config::Config::load(&cli.options)?;
        let serving = matches!(cli.command, None | Some(cli::Command::Serve { .. }));
        let level =
            if serving && !cli.options.quiet { LevelFilter::INFO } else { LevelFilter::WARN };
        output::start_log(&config, level)?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(commands::run(cli.command, cli.options, config))
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hermes: {error:#}");
            ExitCode::FAILURE
        }
    }
}
