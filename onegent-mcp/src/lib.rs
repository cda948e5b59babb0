//! Onegent's six MCP tools over any BookingService.
