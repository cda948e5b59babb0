//! `onegent openapi` and `onegent gpt instructions`.

use onegent_http::openapi::{GPT_INSTRUCTIONS, custom_gpt, openapi, yaml};
use url::Url;

use crate::args::{Format, Openapi, Profile};
use crate::exit::{Exit, Hinted};
use crate::output;

/// Prints the document.
pub(crate) fn print(asked: &Openapi) -> anyhow::Result<Exit> {
    let server = server(&asked.server_url)?;
    let document = match asked.profile {
        Profile::Full => openapi(&server),
        Profile::CustomGpt => {
            only_https(&server)?;
            custom_gpt(&server)
        }
    };
    match asked.format {
        Format::Json => output::line(format_args!("{document:#}"))?,
        Format::Yaml => output::line(yaml(&document).trim_end())?,
    }
    Ok(Exit::Done)
}

/// Prints the text for a GPT's field "Instructions".
pub(crate) fn print_gpt_instructions() -> anyhow::Result<Exit> {
    output::line(GPT_INSTRUCTIONS.trim_end())?;
    Ok(Exit::Done)
}

/// The server's address without a path: the API's own is added.
fn server(url: &Url) -> anyhow::Result<Url> {
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if plain && matches!(url.scheme(), "http" | "https") && url.username().is_empty() {
        return Ok(url.clone());
    }
    let hint = "give scheme, host and port alone; /api/v1 is added";
    Err(Hinted::new(format!("{url} is not a server's address"), hint).exit(Exit::WrongArguments).into())
}

/// Nothing at the other end would call anything else.
pub(crate) fn only_https(url: &Url) -> anyhow::Result<()> {
    let hint = "ChatGPT calls https addresses on port 443 only; see docs/self-hosting.md";
    let message = format!("{url} is not an https address");
    anyhow::ensure!(url.scheme() == "https", Hinted::new(message, hint).exit(Exit::WrongArguments));
    Ok(())
}
