//! Handing a job over to a person: the page where they confirm or help is opened by their own client, by URL elicitation
//! (MCP 2025-11-25, client/elicitation, "URL mode"). Their agreement to open it confirms nothing; only the signed-in page does.
//!
//! **Invariant:** no form is ever elicited. Held by `money_is_never_asked_for_in_a_form`.

mod offers;

use std::time::Duration;

use onegent_core::caller::Caller;
use onegent_core::error::Error;
use onegent_core::job::Job;
use rmcp::model::{
    ClientCapabilities, ElicitRequest, ElicitRequestParams, ElicitationAction, InputRequest, InputRequests,
    InputRequiredResult, ProtocolVersion, RequestStateCodec, SealOptions,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::http::Link;
use crate::identity::Identity;
use crate::reply::Refusal;
use crate::state_key::StateKey;
use crate::tool::Call;
use offers::{Offer, Offers};

/// How long a person may think about opening the page before the model gets its answer without them.
const DECIDE_WITHIN: Duration = Duration::from_mins(1);
/// How long a client may carry a state around.
const STATE_LASTS: Duration = Duration::from_mins(30);
/// Under this key the client answers.
const KEY: &str = "open_page";

/// What hands jobs over.
pub(crate) struct HandOver {
    states: RequestStateCodec,
    offers: Offers,
}

/// What came of it.
pub(crate) enum Outcome {
    /// Nobody was asked: the client can't, or its person was asked before.
    NotAsked,
    /// The person was asked, and this is what to tell the model.
    Asked(&'static str),
    /// The client has to ask, and to come back.
    Ask(InputRequiredResult),
}

/// What the client carries to the second round.
#[derive(Serialize, Deserialize)]
struct Carried {
    /// The pause that the person was asked about.
    pause: String,
}

/// A page that waits for a person.
struct Page {
    url: Url,
    message: String,
    pause: String,
}

impl HandOver {
    /// Seals what clients carry with a key.
    pub(crate) fn new(key: &StateKey) -> Result<Self, Error> {
        let states = RequestStateCodec::try_new(key.expose()).map_err(Error::internal)?;
        Ok(Self { states, offers: Offers::default() })
    }

    /// Offers a waiting job's page to the person, once for each pause.
    pub(crate) async fn offer(&self, call: &Call<'_>, link: Link, job: &Job) -> Result<Outcome, Refusal> {
        let (Some(page), Some(caller)) = (Page::of(job), Identity::of(call.caller)) else {
            return Ok(Outcome::NotAsked);
        };
        let context = call.context;
        if !opens_pages(context.client_capabilities().as_ref()) {
            return Ok(Outcome::NotAsked);
        }
        let offer = Offer { to: caller, job: job.job_id, pause: page.pause.clone() };
        if speaks_rounds(context) {
            if let Some(answer) = self.answer(call, job, &page)? {
                return Ok(Outcome::Asked(words(&answer)));
            }
            if !self.offers.is_new(offer) {
                return Ok(Outcome::NotAsked);
            }
            return self.ask(call.caller, job, &page).map(Outcome::Ask);
        }
        if link == Link::OneRequest || !self.offers.is_new(offer) {
            return Ok(Outcome::NotAsked);
        }
        let asked = context.peer.elicit_url_with_timeout(
            page.message,
            page.url,
            job.job_id.to_string(),
            Some(DECIDE_WITHIN),
        );
        let answer = tokio::select! {
            answer = asked => answer,
            () = context.ct.cancelled() => return Ok(Outcome::NotAsked),
        };
        // A client that answers with an error shows nothing to anybody; the text of the result has the address anyway.
        Ok(answer.map_or(Outcome::NotAsked, |answer| Outcome::Asked(words(&answer))))
    }

    fn ask(&self, caller: &Caller, job: &Job, page: &Page) -> Result<InputRequiredResult, Refusal> {
        let carried = serde_json::to_vec(&Carried { pause: page.pause.clone() }).map_err(Error::internal)?;
        let bound = bound(caller, job);
        let options = SealOptions::new().associated_data(&bound).ttl(STATE_LASTS);
        let state = self.states.seal_with(&carried, &options);
        let requests = InputRequests::from([(KEY.to_owned(), page.request(job))]);
        Ok(InputRequiredResult::new(Some(requests), Some(state)))
    }

    /// What the person answered, if they were asked about this very pause; a state that is not ours, or was given to
    /// somebody else or for another job, is refused.
    fn answer(&self, call: &Call<'_>, job: &Job, page: &Page) -> Result<Option<ElicitationAction>, Refusal> {
        let Some(state) = &call.round.state else { return Ok(None) };
        let opened = self.states.open_with(state, &bound(call.caller, job));
        let opened =
            opened.map_err(|error| Refusal::Protocol(ErrorData::invalid_params(error.to_string(), None)))?;
        let carried: Carried = serde_json::from_slice(&opened).map_err(Error::internal)?;
        let answer =
            call.round.responses.as_ref().and_then(|answers| answers.get(KEY)?.get("action").cloned());
        let answer = answer.and_then(|action| serde_json::from_value(action).ok());
        Ok(answer.filter(|_| carried.pause == page.pause))
    }
}

/// What a state belongs to.
fn bound(caller: &Caller, job: &Job) -> Vec<u8> {
    let mut bound = b"get_job_status\0".to_vec();
    bound.extend_from_slice(Identity::of(caller).as_ref().map_or(&[][..], Identity::as_bytes));
    bound.extend_from_slice(job.job_id.to_string().as_bytes());
    bound
}

/// Whether a client can open a page for its person.
pub(crate) fn opens_pages(client: Option<&ClientCapabilities>) -> bool {
    client.and_then(|client| client.elicitation.as_ref()).is_some_and(|elicitation| elicitation.url.is_some())
}

/// Whether it does so between two rounds of a request, as since 2026-07-28.
fn speaks_rounds(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// What a task that waits for a person asks its client for; nothing of a client that can't open pages.
pub(crate) fn requests(job: &Job, client: Option<&ClientCapabilities>) -> InputRequests {
    let page = Page::of(job).filter(|_| opens_pages(client));
    // A key names one pause for as long as the task lives.
    page.into_iter().map(|page| (format!("{KEY}:{}", page.pause), page.request(job))).collect()
}

fn words(answer: &ElicitationAction) -> &'static str {
    match answer {
        ElicitationAction::Accept => "Your person was shown the page and agreed to open it.",
        ElicitationAction::Decline => "Your person was offered the page and declined to open it now.",
        // Whatever is added later confirms no more than these do.
        ElicitationAction::Cancel | _ => "Your person was offered the page and has not decided.",
    }
}

impl Page {
    fn of(job: &Job) -> Option<Self> {
        if !job.status.needs_person() {
            return None;
        }
        let (url, message, pause) = match &job.payment {
            Some(payment) if job.links.confirm.is_some() || job.handoff_url.is_none() => {
                let amount = payment.amount.map_or_else(|| "an amount".to_owned(), |money| money.to_string());
                let message = format!(
                    "\"{}\" asks for {amount}. Open the page to see what is booked, and to confirm or decline the charge.",
                    payment.merchant
                );
                (&payment.confirm_url, message, payment.expires_at.to_string())
            }
            Some(_) | None => {
                let message = "The booking site needs you. Open the page to help.".to_owned();
                (job.handoff_url.as_ref()?, message, format!("{}:{}", job.status, job.attempt))
            }
        };
        Some(Self { url: Url::parse(url).ok()?, message, pause })
    }

    fn request(&self, job: &Job) -> InputRequest {
        InputRequest::Elicitation(ElicitRequest::new(ElicitRequestParams::UrlElicitationParams {
            meta: None,
            message: self.message.clone(),
            url: self.url.to_string(),
            elicitation_id: job.job_id.to_string(),
        }))
    }
}
