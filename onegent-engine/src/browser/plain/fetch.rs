//! One navigation over HTTP: each hop judged, cookies kept, size and number of hops bounded.

use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, StatusCode};
use url::Url;

use super::cookies::Cookies;
use crate::browser::PageError;
use crate::browser::observation::{Method, Target};
use crate::browser::read::Origin;
use crate::fail_point::{self, FailPoint};
use crate::network::{Cause, NetworkPolicy, Outgoing, Release};

const MOST_HOPS: usize = 10;
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// Who lets the first request of a navigation pass.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made per request, and it moves once")]
pub(super) enum Pass<'a> {
    /// The page needs it.
    Page,
    /// The gate judged it.
    Action(&'a Target),
    /// A permit, used up by it, at this moment.
    Permit(Release, jiff::Timestamp),
}

/// What to ask for.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) fields: Vec<(String, String)>,
    /// The origin of the page that asks, for writes.
    pub(super) from: Option<String>,
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

/// The part of a page that talks to the network.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) client: Client,
    pub(super) policy: NetworkPolicy,
    pub(super) cookies: Cookies,
    pub(super) clock: std::sync::Arc<dyn onegent_core::time::Clock>,
}

impl Line {
    /// Asks, and follows redirects by hand: each hop is judged like a request of its own.
    pub(super) async fn load(&mut self, question: Question, pass: Pass<'_>) -> Result<Loaded, Failed> {
        let mut question = question;
        let permitted = matches!(pass, Pass::Permit(..));
        let judged = {
            let Question { method, ref url, ref fields, .. } = question;
            let request = |cause| Outgoing { method, url, body: fields, cause };
            match pass {
                Pass::Page => self.policy.judge(&request(Cause::Page)),
                Pass::Action(target) => self.policy.judge(&request(Cause::Action(target))),
                Pass::Permit(release, now) => self.policy.judge_submit(&request(Cause::Page), release, now),
            }
        };
        judged.map_err(|refusal| Failed { sent: false, error: PageError::Refused(refusal) })?;
        for hop in 0..MOST_HOPS {
            if hop > 0 {
                let Question { method, ref url, .. } = question;
                let request = Outgoing { method, url, body: &[], cause: Cause::Page };
                let judged = self.policy.judge(&request);
                judged.map_err(|refusal| Failed { sent: true, error: PageError::Refused(refusal) })?;
            }
            let again = question.method == Method::Get && !(permitted && hop == 0);
            let response = self.ask(&question, again).await.map_err(|error| Failed {
                // A connection that never stood carried nothing.
                sent: hop > 0 || !error.is_connect(),
                error: PageError::Unreachable(error),
            })?;
            if permitted && hop == 0 {
                fail_point::reach(FailPoint::AfterSend);
            }
            self.take_cookies(&response);
            let Some(next) = redirect_of(&response, &question) else {
                return self
                    .read(response, question.method == Method::Get)
                    .await
                    .map_err(|error| Failed { sent: true, error });
            };
            question = next.map_err(|error| Failed { sent: true, error })?;
        }
        Err(Failed { sent: true, error: PageError::Unusable("it redirects without end") })
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
        let request = match question.method {
            Method::Get => self.client.get(question.url.clone()),
            Method::Post => self.client.post(question.url.clone()).form(&question.fields),
        };
        let request = request
            .header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5")
            .header("accept-language", "en");
        let request = match (&question.from, question.method) {
            (Some(from), Method::Post) => request.header(ORIGIN, from),
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
    if repeats && question.method == Method::Post {
        return Some(Err(PageError::Unusable("it wants the form sent again elsewhere")));
    }
    let url = location.to_str().ok().and_then(|location| response.url().join(location).ok());
    let next = url.map(|url| Question { method: Method::Get, url, fields: Vec::new(), from: None });
    Some(next.ok_or(PageError::Unusable("it redirects to no address")))
}
