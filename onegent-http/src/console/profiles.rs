//! `/profiles`: saved guests. One of them may be the default, and none becomes it by itself.

use std::str::FromStr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use onegent_core::account::{Passport, TravelDetails};
use onegent_core::error::ErrorCode;
use onegent_core::guest::GuestProfile;
use onegent_core::id::ProfileId;
use onegent_core::port::SavedProfile;
use onegent_core::time::VenueDate;

use super::form::{Form, SignedForm};
use super::page::{Chrome, Room, render};
use super::session::SignedIn;
use super::view::{self, Icon};
use crate::app::Shared;
use crate::problem::Problem;
use crate::rest::path::param;

#[derive(Template)]
#[template(path = "profiles.html")]
struct ProfilesPage {
    page: Chrome,
    profiles: Vec<Row>,
    has_default: bool,
    form: Draft,
}

struct Row {
    id: String,
    name: String,
    email: String,
    phone: String,
    born: Option<String>,
    /// The passport but its number, of which only the end is shown.
    passport: Option<String>,
    is_default: bool,
}

impl From<SavedProfile> for Row {
    fn from(saved: SavedProfile) -> Self {
        let passport = saved.travel.passport.map(|passport| {
            let number = passport.number.expose();
            let end = &number[number.len().saturating_sub(3)..];
            format!("{} …{end}, until {}", passport.country.as_str(), view::day(passport.expires_on))
        });
        Self {
            id: saved.id.to_string(),
            name: format!("{} {}", saved.guest.first_name, saved.guest.last_name),
            email: saved.guest.email.expose().to_owned(),
            phone: saved.guest.phone.expose().to_owned(),
            born: saved.travel.born_on.map(view::day),
            passport,
            is_default: saved.default,
        }
    }
}

/// One field of the form: what was typed, and what is wrong with it.
#[derive(Default)]
struct Input {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    complete: &'static str,
    value: String,
    wrong: Option<String>,
}

impl Input {
    fn new(name: &'static str, label: &'static str, kind: &'static str, complete: &'static str) -> Self {
        Self { name, label, kind, complete, ..Self::default() }
    }

    /// Reads it; `None` when it is empty or wrong.
    fn read<T: FromStr<Err: std::fmt::Display>>(&mut self, form: &Form) -> Option<T> {
        form.get(self.name).unwrap_or_default().clone_into(&mut self.value);
        if self.value.trim().is_empty() {
            return None;
        }
        self.value.trim().parse().map_err(|error: T::Err| self.wrong = Some(format!("{error}."))).ok()
    }

    fn require(&mut self, there: bool) {
        if !there && self.wrong.is_none() {
            self.wrong = Some("This is needed.".to_owned());
        }
    }
}

struct Draft {
    guest: [Input; 4],
    travel: [Input; 4],
    default: bool,
}

impl Draft {
    fn new() -> Self {
        Self {
            guest: [
                Input::new("first_name", "First name", "text", "off"),
                Input::new("last_name", "Last name", "text", "off"),
                Input::new("email", "E-mail", "email", "off"),
                Input::new("phone", "Phone, such as +12125550123", "tel", "off"),
            ],
            travel: [
                Input::new("born_on", "Date of birth", "date", "off"),
                Input::new("passport_number", "Passport number", "text", "off"),
                Input::new("passport_country", "Issued by, such as PT", "text", "off"),
                Input::new("passport_expires_on", "Passport ends on", "date", "off"),
            ],
            default: false,
        }
    }

    /// Reads the form, or gives it back with what is wrong.
    fn read(form: &Form) -> Result<(GuestProfile, TravelDetails, bool), Box<Self>> {
        let mut draft = Self { default: form.get("default").is_some(), ..Self::new() };
        let [first, last, email, phone] = &mut draft.guest;
        let guest = (first.read(form), last.read(form), email.read(form), phone.read(form));
        first.require(guest.0.is_some());
        last.require(guest.1.is_some());
        email.require(guest.2.is_some());
        phone.require(guest.3.is_some());
        let [born, number, country, expires] = &mut draft.travel;
        let born_on: Option<VenueDate> = born.read(form);
        let passport = (number.read(form), country.read(form), expires.read::<VenueDate>(form));
        if passport.0.is_some() || passport.1.is_some() || passport.2.is_some() {
            number.require(passport.0.is_some());
            country.require(passport.1.is_some());
            expires.require(passport.2.is_some());
        }
        let fine = draft.guest.iter().chain(&draft.travel).all(|input| input.wrong.is_none());
        let (Some(first_name), Some(last_name), Some(email), Some(phone), true) =
            (guest.0, guest.1, guest.2, guest.3, fine)
        else {
            return Err(Box::new(draft));
        };
        let passport = match passport {
            (Some(number), Some(country), Some(expires_on)) => Some(Passport { number, country, expires_on }),
            _ => None,
        };
        let guest = GuestProfile { first_name, last_name, email, phone };
        Ok((guest, TravelDetails { born_on, passport }, draft.default))
    }
}

/// The profile that a path names.
pub(super) struct ProfilePath(ProfileId);

impl<S: Send + Sync> FromRequestParts<S> for ProfilePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let id = param(parts, state, "profileId").await.and_then(|text| text.parse().ok());
        let unknown =
            || Problem::new(ErrorCode::NotFound, "No saved profile with this id belongs to this account.");
        id.map(Self).ok_or_else(unknown)
    }
}

/// `GET /profiles`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    profiles_page(&shared, &signed_in, StatusCode::OK, Draft::new()).await
}

/// `POST /profiles`
pub(super) async fn save(State(shared): State<Arc<Shared>>, form: SignedForm) -> Result<Response, Problem> {
    let SignedForm { signed_in, form } = form;
    let (guest, travel, default) = match Draft::read(&form) {
        Ok(read) => read,
        Err(draft) => return profiles_page(&shared, &signed_in, StatusCode::BAD_REQUEST, *draft).await,
    };
    shared.profiles.save_profile(signed_in.person(), guest, travel, default).await?;
    Ok(Redirect::to("/profiles").into_response())
}

/// `POST /profiles/{profileId}/default`
pub(super) async fn make_default(
    State(shared): State<Arc<Shared>>,
    ProfilePath(id): ProfilePath,
    form: SignedForm,
) -> Result<Response, Problem> {
    shared.profiles.set_default_profile(form.signed_in.person(), Some(id)).await?;
    Ok(Redirect::to("/profiles").into_response())
}

/// `POST /profiles/none/default`
pub(super) async fn no_default(
    State(shared): State<Arc<Shared>>,
    form: SignedForm,
) -> Result<Response, Problem> {
    shared.profiles.set_default_profile(form.signed_in.person(), None).await?;
    Ok(Redirect::to("/profiles").into_response())
}

/// `POST /profiles/{profileId}/delete`
pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    ProfilePath(id): ProfilePath,
    form: SignedForm,
) -> Result<Response, Problem> {
    shared.profiles.delete_profile(form.signed_in.person(), id).await?;
    Ok(Redirect::to("/profiles").into_response())
}

async fn profiles_page(
    shared: &Shared,
    signed_in: &SignedIn,
    status: StatusCode,
    form: Draft,
) -> Result<Response, Problem> {
    let profiles: Vec<Row> =
        shared.profiles.profiles(signed_in.person()).await?.into_iter().map(Row::from).collect();
    let page = ProfilesPage {
        page: Chrome::new("Guests", Room::Profiles, Some(signed_in)),
        has_default: profiles.iter().any(|profile| profile.is_default),
        profiles,
        form,
    };
    render(status, &page)
}
