//! The `onegent` command.

fn main() -> std::process::ExitCode {
    onegent_cli::onegent()
}
