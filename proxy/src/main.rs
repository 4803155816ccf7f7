//! The program: flags in, exit code out.

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use clap::error::ErrorKind;
use pilothouse::config::flags::Flags;
use pilothouse::config::{Config, Logging};
use pilothouse::start::{self, StartError};

/// What `sysexits.h` calls EX_USAGE.
const EXIT_USAGE: u8 = 64;

fn main() -> ExitCode {
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(error) => {
            // Help that nobody reads to its end, as with a closed pipe, is no failure.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(EXIT_USAGE),
            };
        }
    };
    match run(flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pilothouse: {error:#}");
            ExitCode::from(error.downcast_ref::<StartError>().map_or(1, StartError::exit_code))
        }
    }
}

fn run(flags: Flags) -> anyhow::Result<()> {
    pilothouse::log::start(Logging { format: flags.log_format, level: flags.log_level });
    let config = Config::try_from(flags).map_err(StartError::from)?;
    // Connections have their own threads; this one starts, accepts and ends.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the async runtime could not start")?;
    let outcome = runtime.block_on(start::run(config));
    // A blocking call that hangs, such as a name lookup, must not keep the process.
    runtime.shutdown_background();
    Ok(outcome?)
}
