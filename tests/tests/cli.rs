#![cfg(test)]
//! The command line as people and scripts meet it: one snapshot of exit code, stdout and stderr per behaviour.

mod cli {
    #[cfg(unix)]
    mod backup;
    mod commands;
    mod demo;
    mod doctor;
    mod errors;
    mod exports;
    mod help;
    mod install;
    mod mcp;
    mod metrics;
    mod traces;

    use std::path::Path;
    use std::process::Output;

    use onegent_tests::process;

    /// Runs `onegent` with nothing in its environment but what is named.
    async fn onegent(
        home: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> anyhow::Result<String> {
        ran("onegent", home, arguments, environment).await
    }

    async fn ran(
        name: &str,
        home: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> anyhow::Result<String> {
        let mut command = process::command(name, home).await?;
        command.args(arguments).envs(environment.iter().copied());
        Ok(told(&process::run(command).await?))
    }

    fn told(output: &Output) -> String {
        let code = output.status.code().map_or_else(|| "none".to_owned(), |code| code.to_string());
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        format!("exit: {code}\n----- stdout -----\n{out}----- stderr -----\n{err}")
    }

    /// Snapshots with nothing replaced but the version.
    fn plain() -> insta::Settings {
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_snapshot_path("../snapshots");
        settings.set_omit_expression(true);
        settings.add_filter(&env!("CARGO_PKG_VERSION").replace('.', r"\."), "[version]");
        settings
    }

    /// Snapshots with what differs from run to run made the same.
    fn settings() -> insta::Settings {
        let mut settings = plain();
        settings.add_filter(r"(job|hold|acc|key|prof|req|sess)_[0-9a-f]{32}", "${1}_[id]");
        settings.add_filter(r"ogk_(live|test)_[A-Za-z0-9_-]{32}", "ogk_${1}_[secret]");
        settings.add_filter(r"[0-9a-f]{64}", "[hash]");
        settings
            .add_filter(r"\d+ jobs, \d+ events, \d+ checkpoints", "[n] jobs, [n] events, [n] checkpoints");
        settings.add_filter(r"(checkpoint:?) \d+", "${1} [n]");
        settings.add_filter(r"(ogc|ogx)_[A-Za-z0-9_-]{32,43}", "${1}_[random]");
        settings.add_filter(r"token=[A-Za-z0-9_-]+", "token=[secret]");
        settings.add_filter(r"127\.0\.0\.1:\d{5}", "127.0.0.1:[port]");
        settings.add_filter(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "[time]");
        settings.add_filter(r"\d{4}-\d\d-\d\d", "[date]");
        settings.add_filter(r#"(  code       |"confirmationCode":")[A-Z2-9]{6}"#, "${1}[code]");
        settings.add_filter(r#""ending":"[^"]+""#, r#""ending":"[end]""#);
        // Prices follow from the day.
        settings.add_filter(r"GBP \d+\.\d\d( to|,)", "GBP [amount]${1}");
        settings
    }
}
