//! How a command ends: exit codes that scripts can rely on, and errors with a hint.

use std::fmt;
use std::process::ExitCode;

use onegent_core::error::{Error, ErrorCode};

/// How a command ended. The numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: it did what was asked.
    Done,
    /// 1: it failed.
    Failed,
    /// 2: the arguments can't be taken.
    WrongArguments,
    /// 3: the job waits for a person.
    WaitsForPerson,
    /// 4: the site has nothing that fits.
    NoAvailability,
    /// 5: the key is missing, unknown, or may not do this.
    NotAllowed,
    /// 6: the server can't be reached.
    Unreachable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            // As clap ends for arguments that it can't read.
            Exit::WrongArguments => 2,
            Exit::WaitsForPerson => 3,
            Exit::NoAvailability => 4,
            Exit::NotAllowed => 5,
            Exit::Unreachable => 6,
        })
    }
}

/// An error that says what to do about it.
#[derive(Debug)]
pub(crate) struct Hinted {
    message: String,
    hint: String,
    exit: Exit,
}

impl Hinted {
    /// A failure with a way out.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into(), exit: Exit::Failed }
    }

    /// Ends with another code than 1.
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  hint: {}", self.message, self.hint)
    }
}

impl std::error::Error for Hinted {}

/// Turns what a command ended with into the process's exit code. Errors go to stderr as text, or with `--json` to stdout
/// as one object, where the result would have been.
#[expect(clippy::print_stderr, reason = "the one place where a command's error is printed")]
pub(crate) fn finish(ended: anyhow::Result<Exit>, json: bool) -> ExitCode {
    match ended {
        Ok(exit) => exit.into(),
        Err(error) if broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let told = explain(&error);
            let printed = json && crate::output::json(&told.to_json()).is_ok();
            if !printed {
                eprintln!("error: {told}");
            }
            told.exit.into()
        }
    }
}

/// An error as it is told.
struct Told {
    code: Option<ErrorCode>,
    message: String,
    details: Vec<String>,
    hint: Option<String>,
    exit: Exit,
}

impl Told {
    fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "error": {
            "code": self.code, "message": self.message, "details": self.details, "hint": self.hint,
        } })
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for detail in &self.details {
            write!(f, "\n  {detail}")?;
        }
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\n  hint: {hint}"))
    }
}

/// Whoever read our output has had enough, as `head` has; nothing is wrong.
fn broken_pipe(error: &anyhow::Error) -> bool {
    let io = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    };
    error.chain().any(io)
}

fn explain(error: &anyhow::Error) -> Told {
    if let Some(hinted) = error.downcast_ref::<Hinted>() {
        let (message, hint) = (hinted.message.clone(), Some(hinted.hint.clone()));
        return Told { code: None, message, details: Vec::new(), hint, exit: hinted.exit };
    }
    if let Some(port) = error.downcast_ref::<Error>() {
        return explain_port(port);
    }
    let message = format!("{error:#}");
    Told { code: None, message, details: Vec::new(), hint: None, exit: Exit::Failed }
}

fn explain_port(error: &Error) -> Told {
    #[expect(clippy::wildcard_enum_match_arm, reason = "most codes have nothing to add")]
    let (hint, exit) = match error.code() {
        ErrorCode::InvalidRequest => (None, Exit::WrongArguments),
        ErrorCode::MissingAuthorization | ErrorCode::EmptyApiKey => (
            Some("set ONEGENT_API_KEY; `onegent serve` prints a test key, `onegent keys create` makes one"),
            Exit::NotAllowed,
        ),
        ErrorCode::InvalidApiKey | ErrorCode::MalformedApiKey | ErrorCode::InvalidAuthScheme => (
            Some("check ONEGENT_API_KEY, and that it belongs to the server named by ONEGENT_API_BASE_URL"),
            Exit::NotAllowed,
        ),
        ErrorCode::InsufficientScope | ErrorCode::ScenarioNotAllowed => {
            (Some("use a key that allows this; see `onegent keys list`"), Exit::NotAllowed)
        }
        ErrorCode::BackendUnavailable => {
            (Some("is the server running? `onegent serve` starts one"), Exit::Unreachable)
        }
        ErrorCode::JobNotFound => (Some("`onegent jobs` lists the jobs that this key can see"), Exit::Failed),
        _ => (None, Exit::Failed),
    };
    let details =
        error.wrong_fields().iter().map(|wrong| format!("{}: {}", flag(&wrong.field), wrong.message));
    Told {
        code: Some(error.code()),
        message: error.message().to_owned(),
        details: details.collect(),
        hint: hint.map(str::to_owned),
        exit,
    }
}

/// A field's name as the command line knows it: `profile.first_name` is `--first-name`.
fn flag(field: &str) -> String {
    let last = field.rsplit('.').next().unwrap_or(field);
    if last == "profile" {
        return "a guest (--first-name, --last-name, --email, --phone, or --profile-id)".to_owned();
    }
    format!("--{}", last.replace('_', "-"))
}
