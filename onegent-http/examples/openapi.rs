//! Prints the OpenAPI document, for the committed copy `onegent-http/openapi.json`.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(&onegent_http::openapi()).map_err(std::io::Error::other)?;
    writeln!(std::io::stdout(), "{text}")
}
