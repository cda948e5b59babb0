//! The MCP server on its own: stdio, or `--http` as a gateway in front of a REST API.

fn main() -> std::process::ExitCode {
    onegent_cli::mcp_server()
}
