//! The icon that hosts show beside server, prompts and resources. Tools have none: each would cost every conversation.

use rmcp::model::Icon;

/// A check mark in a calendar, as an SVG without anything from elsewhere, in the characters that a URI may have.
const ICON: &str = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2024%202\
4'%20fill='none'%20stroke='%230f766e'%20stroke-width='2'%20stroke-linecap='round'%20stroke-linejoin='round'%\
3E%3Crect%20x='3'%20y='5'%20width='18'%20height='16'%20rx='3'/%3E%3Cpath%20d='M3%2010h18M8%203v4M16%203v4m-8\
%209%203%203%205-5'/%3E%3C/svg%3E";

/// The icon.
pub(crate) fn icon() -> Icon {
    Icon::new(ICON).with_mime_type("image/svg+xml").with_sizes(vec!["any".to_owned()])
}
