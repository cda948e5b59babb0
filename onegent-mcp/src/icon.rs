//! The icon that hosts show beside server, prompts and resources. Tools have none: each would cost every conversation.

use rmcp::model::Icon;

/// A check mark in a calendar, as an SVG without anything from elsewhere.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' \
stroke='%230f766e' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'%3E%3Crect x='3' y='5' width='18' \
height='16' rx='3'/%3E%3Cpath d='M3 10h18M8 3v4M16 3v4m-8 9 3 3 5-5'/%3E%3C/svg%3E";

/// The icon.
pub(crate) fn icon() -> Icon {
    Icon::new(ICON).with_mime_type("image/svg+xml").with_sizes(vec!["any".to_owned()])
}
