//! One navigation over HTTP: each hop judged, cookies kept, size and number of hops bounded.

use std::sync::Arc;

use onegent_core::time::Clock;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, StatusCode};
use url::Url;

use super::cookies::Cookies;
use crate::browser::PageError;
use crate::browser::read::Origin;
use crate::fail_point::{self, FailPoint};
use crate::network::{Answer, Guard, Outgoing, Way};

const FORM: &str = "application/x-www-form-urlencoded";
const MOST_HOPS: usize = 10;
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// What to ask for.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) method: Method,
    pub(super) url: Url,
    /// The body, url-encoded; empty for reads.
    pub(super) body: String,
    /// The origin of the page that asks, for writes.
    pub(super) from: Option<String>,
}

impl Question {
    pub(super) fn read(url: Url) -> Self {
        Self { method: Method::GET, url, body: String::new(), from: None }
    }

    /// The request as the guard judges it: what is sent is made of the same parts.
    pub(super) fn outgoing(&self, way: Way) -> Outgoing<'_> {
        let content_type = if self.method == Method::POST { FORM } else { "" };
        Outgoing { method: &self.method, url: &self.url, content_type, body: self.body.as_bytes(), way }
    }
}

/// How far a navigation came before it failed.
#[derive(Debug)]
pub(super) struct Failed {
    /// Whether the first request may have reached the site.
    pub(super) sent: bool,
    pub(super) error: PageError,
}

/// A loaded body and where it came from.
pub(super) type Loaded = (String, Origin);

/// Whether a navigation is the one submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stake {
    /// It may be sent again when the connection failed, as far as it only reads.
    Step,
    /// It is sent once.
    Submit,
}

/// The part of a page that talks to the network.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) client: Client,
    pub(super) guard: Guard,
    pub(super) cookies: Cookies,
    pub(super) clock: Arc<dyn Clock>,
}

impl Line {
    /// Asks, and follows redirects by hand: each hop is judged like a request of its own.
    pub(super) async fn load(
        &mut self,
        question: Question,
        way: Way,
        stake: Stake,
    ) -> Result<Loaded, Failed> {
        let mut question = question;
        for hop in 0..MOST_HOPS {
            let is_submit = stake == Stake::Submit && hop == 0;
            self.judge(&question, if hop == 0 { way } else { hop_of(way) })
                .map_err(|error| Failed { sent: hop > 0, error })?;
            let again = question.method.is_safe() && !is_submit;
            let response = self.ask(&question, again).await.map_err(|error| Failed {
                // A connection that never stood carried nothing.
                sent: hop > 0 || !error.is_connect(),
                error: PageError::Unreachable(error),
            })?;
            if is_submit {
                fail_point::reach(FailPoint::AfterSend);
            }
            self.take_cookies(&response);
            let Some(next) = redirect_of(&response, &question) else {
                return self
                    .read(response, question.method.is_safe())
                    .await
                    .map_err(|error| Failed { sent: true, error });
            };
            question = next.map_err(|error| Failed { sent: true, error })?;
        }
        Err(Failed { sent: true, error: PageError::Unusable("it redirects without end") })
    }

    fn judge(&mut self, question: &Question, way: Way) -> Result<(), PageError> {
        match self.guard.judge(&question.outgoing(way), self.clock.now()) {
            Answer::Pass => Ok(()),
            Answer::Hold(held) => Err(PageError::Held(held)),
            Answer::Refuse(refusal) => Err(PageError::Refused(refusal)),
        }
    }

    /// Sends one request. What only reads is tried `again` once when the connection failed; a write or a submit never is.
    async fn ask(&self, question: &Question, again: bool) -> Result<reqwest::Response, reqwest::Error> {
        let answer = match self.request(question).send().await {
            Err(error) if again && !error.is_timeout() && !error.is_builder() => {
                self.request(question).send().await
            }
            answer => answer,
        };
        // An address may have a guest's details in it, and an error ends up in a log.
        answer.map_err(reqwest::Error::without_url)
    }

    fn request(&self, question: &Question) -> reqwest::RequestBuilder {
        let request = self
            .client
            .request(question.method.clone(), question.url.clone())
            .header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5")
            .header("accept-language", "en");
        let Outgoing { content_type, .. } = question.outgoing(Way::Navigation);
        let request = if question.method == Method::POST {
            request.header(CONTENT_TYPE, content_type).body(question.body.clone())
        } else {
            request
        };
        let request = match &question.from {
            Some(from) if question.method == Method::POST => request.header(ORIGIN, from),
            _ => request,
        };
        match self.cookies.header(&question.url) {
            Some(cookies) => request.header(COOKIE, cookies),
            None => request,
        }
    }

    fn take_cookies(&mut self, response: &reqwest::Response) {
        let now = self.clock.now();
        for header in response.headers().get_all(SET_COOKIE) {
            if let Ok(header) = header.to_str() {
                self.cookies.set(header, response.url(), now);
            }
        }
    }

    async fn read(&self, mut response: reqwest::Response, reloadable: bool) -> Result<Loaded, PageError> {
        let kind =
            response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.to_ascii_lowercase();
        let text = kind.is_empty() || kind.starts_with("text/") || kind.starts_with("application/xhtml");
        if !text {
            return Err(PageError::Unusable("it is no web page"));
        }
        let origin = Origin { url: response.url().clone(), status: response.status().as_u16(), reloadable };
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| PageError::Unreachable(error.without_url()))?
        {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(PageError::Unusable("it is larger than 2 MiB"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((String::from_utf8_lossy(&body).into_owned(), origin))
    }
}

/// A frame's redirect is judged as the frame is.
fn hop_of(way: Way) -> Way {
    if way == Way::Frame { Way::Frame } else { Way::Hop }
}

/// Where a redirect leads: 301, 302 and 303 to a GET; 307 and 308 repeat the method, which is never done for a write.
fn redirect_of(response: &reqwest::Response, question: &Question) -> Option<Result<Question, PageError>> {
    let status = response.status();
    let follows = matches!(
        status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let location = response.headers().get(LOCATION).filter(|_| follows)?;
    let repeats = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    if repeats && question.method == Method::POST {
        return Some(Err(PageError::Unusable("it wants the form sent again elsewhere")));
    }
    let url = location.to_str().ok().and_then(|location| response.url().join(location).ok());
    Some(url.map(Question::read).ok_or(PageError::Unusable("it redirects to no address")))
}
