//! The onegent binary: serve, demo, book, and the MCP server.
