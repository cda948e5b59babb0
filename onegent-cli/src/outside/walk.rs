//! A person's browser, without a browser: cookies kept, forms sent as they stand, redirects followed.

use anyhow::{Context as _, bail, ensure};
use reqwest::StatusCode;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use scraper::{Html, Selector};
use url::Url;

/// A walk through a site's pages with one cookie jar.
#[derive(Debug)]
pub struct Walk {
    http: reqwest::Client,
    cookies: Vec<(String, String)>,
}

/// A page, where it is, and how it was answered.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it is, after all redirects on its site. A redirect that leaves the site is not followed; it is its target.
    pub url: Url,
    /// How it was answered.
    pub status: StatusCode,
    /// What it says.
    pub html: String,
}

impl Page {
    /// The page, unless it was answered with an error.
    pub fn fine(self) -> anyhow::Result<Self> {
        ensure!(self.status.is_success(), "{} answered {}", self.url.path(), self.status);
        Ok(self)
    }

    /// Where the form that `selector` finds would be sent, and all its fields as the page filled them.
    pub fn form(&self, selector: &str) -> anyhow::Result<(Url, Vec<(String, String)>)> {
        let document = Html::parse_document(&self.html);
        let parse = |text: &str| Selector::parse(text).map_err(|error| anyhow::anyhow!("{error}"));
        let found = document.select(&parse(selector)?).next();
        let form = found.with_context(|| format!("{} has no {selector}", self.url.path()))?;
        let action = self.url.join(form.attr("action").unwrap_or_default())?;
        let inputs = parse("input[name]")?;
        let fields = form.select(&inputs).filter_map(|input| {
            Some((input.attr("name")?.to_owned(), input.attr("value").unwrap_or_default().to_owned()))
        });
        Ok((action, fields.collect()))
    }
}

impl Walk {
    /// A walk that begins with an empty jar.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { http: super::http()?, cookies: Vec::new() })
    }

    /// Signs in at the console by its one-time link, page by page.
    pub async fn sign_in(&mut self, link: Url) -> anyhow::Result<Page> {
        let page = self.get(link).await?.fine()?;
        self.submit(&page, "form[action^='/sign-in']").await?.fine().context("signing in")
    }

    /// Opens a page.
    pub async fn get(&mut self, url: Url) -> anyhow::Result<Page> {
        let request = self.http.get(url.clone());
        self.send(request, url).await
    }

    /// Sends the form that `selector` finds, with all its fields as the page filled them.
    pub async fn submit(&mut self, page: &Page, selector: &str) -> anyhow::Result<Page> {
        let (url, fields) = page.form(selector)?;
        let origin = page.url.origin().ascii_serialization();
        let request = self.http.post(url.clone()).header(ORIGIN, origin).form(&fields);
        self.send(request, url).await
    }

    /// Sends the form that `selector` finds, with some fields filled in by hand.
    pub async fn fill(
        &mut self,
        page: &Page,
        selector: &str,
        typed: &[(&str, &str)],
    ) -> anyhow::Result<Page> {
        let (url, mut fields) = page.form(selector)?;
        for (name, value) in typed {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let origin = page.url.origin().ascii_serialization();
        let request = self.http.post(url.clone()).header(ORIGIN, origin).form(&fields);
        self.send(request, url).await
    }

    /// The `Cookie` header of the next request.
    pub fn cookies(&self) -> String {
        let jar: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        jar.join("; ")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, url: Url) -> anyhow::Result<Page> {
        let (mut request, mut url) = (request, url);
        for _redirect in 0..5 {
            let answer = request.header(COOKIE, self.cookies()).send().await?;
            for cookie in answer.headers().get_all(SET_COOKIE) {
                self.keep(cookie.to_str()?);
            }
            let status = answer.status();
            if !status.is_redirection() {
                return Ok(Page { url, status, html: answer.text().await? });
            }
            let target = answer.headers().get(LOCATION).context("a redirect without a target")?.to_str()?;
            let next = url.join(target)?;
            if next.origin() != url.origin() {
                // The walk ends where its site does: cookies of one site are not shown to another.
                return Ok(Page { url: next, status, html: String::new() });
            }
            url = next;
            request = self.http.get(url.clone());
        }
        bail!("too many redirects");
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=') {
            self.cookies.retain(|(kept, _)| kept != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}
