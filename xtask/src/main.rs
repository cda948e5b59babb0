//! Checks, exports and benches of this workspace. `cargo xtask test` is the one test command.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to the terminal")]

mod bench;
mod dist;
mod docs;
mod e2e;
mod instructions;
mod layers;
mod mutants;
mod prose;
mod soak;
mod step;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Checks, exports and benches of this workspace.")]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install what the tests need, check everything, run every test
    Test {
        /// Leave out format, lints and layers
        #[arg(long)]
        only_tests: bool,
    },
    /// Format, lints, layers, and what must not stand in the project
    Check,
    /// Update the generated documents and snapshots that are committed
    Bless,
    /// Measure how well the agent reads pages, and how fast the server answers
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Count the instructions of what is done all the time, and compare them with those that are committed
    Instructions(instructions::Instructions),
    /// Run the commands of the guides in `docs/`
    DocsTest,
    /// Put together what is given out: archives, packages, manifests, checksums
    Dist(dist::Dist),
    /// Put it together from a quick build, unpack it as its user would, and see whether it answers
    DistTest,
    /// Change the code that money hangs on in small ways, and see that a test fails each time
    Mutants(mutants::Mutants),
    /// Run the real server for long, under bad conditions
    #[command(subcommand)]
    Soak(soak::Soak),
    /// Run what needs other houses' clients and a browser
    #[command(subcommand)]
    E2e(e2e::EndToEnd),
}

fn main() -> ExitCode {
    let done = match Args::parse().task {
        Task::Test { only_tests: false } => check().and_then(|()| test()),
        Task::Test { only_tests: true } => test(),
        Task::Check => check(),
        Task::Bless => bless(),
        Task::Bench(kind) => bench::run(&kind),
        Task::Instructions(what) => instructions::run(what),
        Task::DocsTest => docs::test(),
        Task::DistTest => dist::test(),
        Task::Dist(what) => dist::run(&what),
        Task::Mutants(what) => mutants::run(&what),
        Task::Soak(kind) => soak::run(&kind),
        Task::E2e(kind) => e2e::run(kind),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> anyhow::Result<()> {
    step::named("layers", layers::check)?;
    step::named("what must not be here", prose::check)?;
    step::cargo(&["fmt", "--all", "--check"])?;
    step::cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"])
}

fn test() -> anyhow::Result<()> {
    tools::install()?;
    // The end-to-end tests run the real binaries; they are built once, here, beside everything else.
    step::cargo(&["build", "--workspace", "--all-targets", "--locked"])?;
    step::named("instructions", instructions::check)?;
    step::cargo(&["test", "--workspace", "--locked", "--no-fail-fast"])?;
    docs::test()?;
    dist::test()
}

fn bless() -> anyhow::Result<()> {
    step::cargo_with(
        &["test", "--workspace", "--locked", "--no-fail-fast"],
        &[("INSTA_UPDATE", "always"), ("BLESS", "1")],
    )
}
