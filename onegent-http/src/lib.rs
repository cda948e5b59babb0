//! REST, MCP over HTTP, and the console.
