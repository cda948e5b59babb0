//! An app that a person connects by OAuth, with every request in its own hands: right ones, and any other.

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use onegent_cli::outside::{self, Page};
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::person::Person;

/// Where the app's answers go, unless it registered otherwise. Nobody listens there: what comes is in the address.
pub const REDIRECT: &str = "http://127.0.0.1:9/callback";

/// An app, registered at one server.
#[derive(Debug, Clone)]
pub struct App {
    /// The server.
    pub issuer: Url,
    /// Its id there.
    pub id: String,
    /// Its secret, if it has one.
    pub secret: Option<String>,
    /// What it proves its codes with.
    pub verifier: String,
    http: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// How it was answered.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.text).with_context(|| format!("not JSON: {} {}", self.status, self.text))
    }

    /// The status and the OAuth error, empty when there is none.
    pub fn error(&self) -> (u16, String) {
        let code = self.json().ok().and_then(|body| Some(body["error"].as_str()?.to_owned()));
        (self.status.as_u16(), code.unwrap_or_default())
    }

    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A pair of tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

impl App {
    /// Registers a public app that listens on loopback.
    pub async fn register(issuer: &Url) -> anyhow::Result<Self> {
        let metadata = json!({
            "client_name": "Trip planner", "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none",
        });
        Self::register_as(issuer, &metadata).await
    }

    /// Registers an app that says this about itself.
    pub async fn register_as(issuer: &Url, metadata: &Value) -> anyhow::Result<Self> {
        let http = outside::http()?;
        let answer = http.post(issuer.join("/oauth/register")?).json(metadata).send().await?;
        ensure!(answer.status() == StatusCode::CREATED, "registration was answered {}", answer.text().await?);
        let known: Value = answer.json().await?;
        let text = |name: &str| known[name].as_str().map(str::to_owned);
        let id = text("client_id").context("no client_id")?;
        Self::known(issuer, id, text("client_secret"))
    }

    /// An app that was registered elsewhere.
    pub fn known(issuer: &Url, id: String, secret: Option<String>) -> anyhow::Result<Self> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let verifier = URL_SAFE_NO_PAD.encode(random);
        Ok(Self { issuer: issuer.clone(), id, secret, verifier, http: outside::http()? })
    }

    /// The parameters of a good authorization request.
    pub fn question(&self) -> Vec<(String, String)> {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()));
        [
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", REDIRECT),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("state", "a state"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// The same with some parameters changed, or left out where the new value is empty.
    pub fn question_with(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all = self.question();
        all.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let set = changes.iter().filter(|(_, value)| !value.is_empty());
        all.extend(set.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        all
    }

    /// The address at which a person is asked.
    pub fn ask(&self, question: &[(String, String)]) -> anyhow::Result<Url> {
        let mut url = self.issuer.join("/oauth/authorize")?;
        url.query_pairs_mut().extend_pairs(question);
        Ok(url)
    }

    /// Sends an authorization request without following where it leads.
    pub async fn authorize(&self, question: &[(String, String)]) -> anyhow::Result<Answer> {
        answer(self.http.get(self.ask(question)?)).await
    }

    /// A person approves; the code.
    pub async fn approved_by(
        &self,
        person: &mut Person,
        question: &[(String, String)],
    ) -> anyhow::Result<String> {
        let page = person.asked(self.ask(question)?).await?;
        let back = person.press(&page, "form.consent").await?;
        parameter(&back.url, "code").with_context(|| format!("no code in {}", back.url))
    }

    /// Sends a form to an endpoint as this app: with its secret in the header if it has one, else its id in the body.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let request = self.http.post(self.issuer.join(path)?);
        answer(match &self.secret {
            Some(secret) => request.basic_auth(&self.id, Some(secret)).form(form),
            None => request.form(&[form, &[("client_id", &self.id)]].concat()),
        })
        .await
    }

    /// What redeems a code.
    pub fn redemption<'a>(&'a self, code: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", &self.verifier),
        ]
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str) -> anyhow::Result<Answer> {
        self.post("/oauth/token", &self.redemption(code)).await
    }

    /// Refreshes.
    pub async fn refresh(&self, token: &str) -> anyhow::Result<Answer> {
        self.post("/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// The whole way: asked, approved, redeemed.
    pub async fn connect(&self, person: &mut Person, scope: &str) -> anyhow::Result<Tokens> {
        let code = self.approved_by(person, &self.question_with(&[("scope", scope)])).await?;
        tokens(&self.redeem(&code).await?)
    }

    /// Sends any request with its parameters in any place.
    pub async fn send(
        &self,
        build: impl FnOnce(&reqwest::Client) -> RequestBuilder,
    ) -> anyhow::Result<Answer> {
        answer(build(&self.http)).await
    }

    /// Calls REST with a token.
    pub async fn rest(&self, token: &str, path: &str) -> anyhow::Result<Answer> {
        answer(self.http.get(self.issuer.join(path)?).bearer_auth(token)).await
    }

    /// Calls a method of MCP with a token.
    pub async fn mcp(&self, token: &str, method: &str, params: Value) -> anyhow::Result<Answer> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = self.http.post(self.issuer.join("/api/mcp")?).bearer_auth(token);
        answer(request.header("accept", "application/json, text/event-stream").json(&body)).await
    }

    /// Whether a token still opens the door.
    pub async fn works(&self, token: &str) -> anyhow::Result<bool> {
        let status = self.rest(token, "/api/v1/execution-jobs").await?.status;
        ensure!([200, 401].contains(&status.as_u16()), "a token was answered {status}");
        Ok(status == StatusCode::OK)
    }
}

/// Sends a request and reads the answer to its end.
pub async fn answer(request: RequestBuilder) -> anyhow::Result<Answer> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    Ok(Answer { status, headers, text: answer.text().await? })
}

/// The pair in a token endpoint's answer.
pub fn tokens(answer: &Answer) -> anyhow::Result<Tokens> {
    ensure!(answer.status == StatusCode::OK, "no tokens: {} {}", answer.status, answer.text);
    ensure!(answer.header(CONTENT_TYPE.as_str()).starts_with("application/json"));
    let body = answer.json()?;
    let text = |name: &str| body[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
    Ok(Tokens { access: text("access_token")?, refresh: text("refresh_token")? })
}

/// A parameter that stands exactly once in an address's query.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    let mut found = url.query_pairs().filter(|(known, _)| known == name);
    let (_, value) = found.next()?;
    found.next().is_none().then(|| value.into_owned())
}

/// Where an answer leads.
pub fn location(answer: &Answer) -> anyhow::Result<Url> {
    Ok(answer.header(LOCATION.as_str()).parse()?)
}

/// The field of a page's form.
pub fn field(page: &Page, selector: &str, name: &str) -> anyhow::Result<String> {
    let (_, fields) = page.form(selector)?;
    let found = fields.into_iter().find(|(known, _)| known == name);
    Ok(found.with_context(|| format!("{selector} has no {name}"))?.1)
}
