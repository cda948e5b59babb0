//! `/status`: whether the service runs, for everybody.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;

use super::page::{Chrome, Room, render};
use super::session::MaybeSignedIn;
use super::view::{Icon, When};
use crate::app::Shared;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage {
    page: Chrome,
    reachable: bool,
    icon: Icon,
    version: &'static str,
    uptime: String,
    since: When,
    now: When,
}

/// `GET /status`: 200 when the records can be read, 503 when not.
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    MaybeSignedIn(signed_in): MaybeSignedIn,
) -> Result<Response, Problem> {
    let reachable = match shared.authority.ping().await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(code = %error.code(), "the records can't be read");
            false
        }
    };
    let now = shared.clock.now();
    let page = StatusPage {
        page: Chrome::new("Status", Room::Status, signed_in.as_ref()),
        reachable,
        icon: Icon(if reachable { "check" } else { "alert" }),
        version: env!("CARGO_PKG_VERSION"),
        uptime: uptime(now.duration_since(shared.started_at)),
        since: When(shared.started_at),
        now: When(now),
    };
    render(if reachable { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, &page)
}

fn uptime(up: SignedDuration) -> String {
    let minutes = up.as_secs().max(0) / 60;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{rest} min"),
        (0, _) => format!("{hours} h {rest} min"),
        _ => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uptime_is_told_in_its_two_largest_parts() {
        let told = |minutes: i64| uptime(SignedDuration::from_mins(minutes));
        assert_eq!([told(0), told(61), told(1500)], ["0 min", "1 h 1 min", "1 d 1 h"]);
    }
}
