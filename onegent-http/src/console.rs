//! The console: server-rendered pages for a person. They work without JavaScript; one script of our own adds life.

mod account;
mod assets;
mod code;
mod connected_apps;
mod consent;
mod cookie;
mod docs;
mod form;
mod guard;
mod job;
mod jobs;
mod join;
mod keys;
mod live;
mod live_page;
mod page;
mod profiles;
mod provider;
mod review;
mod screenshots;
mod session;
mod sign_in;
mod status;
mod timeline;
mod view;
mod visitor;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::app::Shared;
use crate::{oauth, problem, request};

/// Declares the pages: their routes, and the list of their paths for those who check every one.
macro_rules! pages {
    ($($path:literal => $handler:expr,)+) => {
        /// The path of every page and form, with its parameters in braces.
        pub const PAGES: &[&str] = &[$($path,)+];

        fn pages() -> Router<Arc<Shared>> {
            Router::new()$(.route($path, $handler))+
        }
    };
}

pages! {
    "/" => get(jobs::show),
    "/jobs/{jobId}" => get(job::show),
    "/jobs/{jobId}/events" => get(live::stream),
    "/jobs/{jobId}/live" => get(live_page::show),
    "/jobs/{jobId}/screenshots/{number}" => get(screenshots::show),
    "/jobs/{jobId}/confirm" => post(review::confirm),
    "/jobs/{jobId}/decline" => post(review::decline),
    "/jobs/{jobId}/helped" => post(job::helped),
    "/jobs/{jobId}/cancel" => post(job::cancel),
    "/developers/keys" => get(keys::show).post(keys::create),
    "/developers/keys/{keyId}/revoke" => post(keys::revoke),
    "/developers/keys/{keyId}/rotate" => post(keys::rotate),
    "/developers/connected-apps" => get(connected_apps::show),
    "/developers/connected-apps/{grantId}/disconnect" => post(connected_apps::disconnect),
    "/developers/webhooks" => get(webhooks::show).post(webhooks::create),
    "/developers/webhooks/{endpointId}/rotate" => post(webhooks::rotate),
    "/developers/webhooks/{endpointId}/replay" => post(webhooks::replay),
    "/developers/webhooks/{endpointId}/remove" => post(webhooks::remove),
    "/oauth/authorize" => get(oauth::authorize::authorize),
    "/oauth/consent" => get(consent::show).post(consent::decide),
    "/profiles" => get(profiles::show).post(profiles::save),
    "/profiles/none/default" => post(profiles::no_default),
    "/profiles/{profileId}/default" => post(profiles::make_default),
    "/profiles/{profileId}/delete" => post(profiles::delete),
    "/account" => get(account::show),
    "/account/password" => post(account::set_password),
    "/account/second-factor" => post(account::begin_second_factor),
    "/account/second-factor/confirm" => post(account::finish_second_factor),
    "/account/second-factor/remove" => post(account::remove_second_factor),
    "/account/confirm-rule" => post(account::set_confirm_rule),
    "/account/provider" => post(provider::link),
    "/account/code" => get(code::show).post(code::prove),
    "/account/sessions/{sessionId}/end" => post(account::end_session),
    "/account/people" => post(account::invite),
    "/account/people/{personId}/remove" => post(account::remove_person),
    "/account/security" => get(account::security),
    "/join" => get(join::show).post(join::join),
    "/sign-in/password" => post(sign_in::by_password),
    "/sign-in/code" => post(code::sign_in),
    "/sign-in/provider" => get(provider::back),
    "/sign-in/provider/begin" => get(provider::begin),
    "/sign-in" => get(sign_in::show).post(sign_in::sign_in),
    "/sign-out" => post(sign_in::sign_out),
    "/status" => get(status::show),
    "/docs" => get(docs::show),
    "/assets/{file}" => get(assets::file),
}

/// All pages, their forms and their assets. Unknown addresses end here.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    pages()
        .method_not_allowed_fallback(problem::no_such_method)
        .fallback(problem::no_such_route)
        .layer(request::catch_panics())
        .layer(from_fn_with_state(shared.load.clone(), request::bound))
        .layer(from_fn_with_state(Arc::clone(shared), page::frame))
        .with_state(Arc::clone(shared))
}
