//! The person: at the terminal with a browser of their own, or their browser walked through the console's pages.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use onegent_core::job::Job;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use scraper::{Html, Selector};
use url::Url;

use crate::node::Node;
use crate::output;

/// Who confirms.
pub(super) enum Person {
    /// Somebody reads this terminal and has a browser.
    AtTerminal,
    /// A cookie jar that walks the pages.
    AtConsole(Walk),
}

impl Person {
    /// Somebody reads this terminal.
    pub(super) fn at_terminal() -> Self {
        Self::AtTerminal
    }

    /// Signs in at the console by its one-time link, page by page.
    pub(super) async fn at_console(node: &Node) -> anyhow::Result<Self> {
        let mut walk = Walk { http: http()?, cookies: Vec::new() };
        let link = node.sign_in_link().await?;
        let page = walk.get(link).await?;
        walk.submit(&page, "form[action^='/sign-in']").await.context("signing in")?;
        Ok(Self::AtConsole(walk))
    }

    /// Confirms the charge that a paused job waits with.
    pub(super) async fn confirm(&mut self, job: &Job) -> anyhow::Result<()> {
        let payment = job.payment.as_ref().context("a paused job names its payment")?;
        match self {
            Self::AtTerminal => {
                output::line(format_args!("  Review it and press Confirm charge: {}", payment.confirm_url))?;
            }
            Self::AtConsole(walk) => {
                let page = walk.get(Url::parse(&payment.confirm_url)?).await?;
                walk.submit(&page, "form[action$='/confirm']").await.context("confirming")?;
            }
        }
        Ok(())
    }
}

/// A browser's manners, without a browser: cookies kept, forms sent as they stand, redirects followed.
pub(super) struct Walk {
    http: reqwest::Client,
    cookies: Vec<(String, String)>,
}

/// A page and where it is.
struct Page {
    url: Url,
    html: String,
}

impl Walk {
    async fn get(&mut self, url: Url) -> anyhow::Result<Page> {
        let request = self.http.get(url.clone());
        self.send(request, url).await
    }

    /// Sends the form that `selector` finds, with all its fields as the page filled them.
    async fn submit(&mut self, page: &Page, selector: &str) -> anyhow::Result<Page> {
        let (url, fields) = form(page, selector)?;
        let origin = page.url.origin().ascii_serialization();
        let request = self.http.post(url.clone()).header(ORIGIN, origin).form(&fields);
        self.send(request, url).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, url: Url) -> anyhow::Result<Page> {
        let (mut request, mut url) = (request, url);
        for _redirect in 0..5 {
            let jar: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = request.header(COOKIE, jar.join("; ")).send().await?;
            for cookie in answer.headers().get_all(SET_COOKIE) {
                self.keep(cookie.to_str()?);
            }
            if !answer.status().is_redirection() {
                let status = answer.status();
                ensure!(status.is_success(), "{} answered {status}", url.path());
                return Ok(Page { url, html: answer.text().await? });
            }
            let target = answer.headers().get(LOCATION).context("a redirect without a target")?.to_str()?;
            url = url.join(target)?;
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

fn form(page: &Page, selector: &str) -> anyhow::Result<(Url, Vec<(String, String)>)> {
    let document = Html::parse_document(&page.html);
    let parse = |text: &str| Selector::parse(text).map_err(|error| anyhow::anyhow!("{error}"));
    let form = document
        .select(&parse(selector)?)
        .next()
        .with_context(|| format!("{} has no {selector}", page.url.path()))?;
    let action = page.url.join(form.attr("action").unwrap_or_default())?;
    let fields = form
        .select(&parse("input[name]")?)
        .filter_map(|input| Some((input.attr("name")?.to_owned(), input.attr("value").unwrap_or_default().to_owned())))
        .collect();
    Ok((action, fields))
}

/// An HTTP client that follows no redirect by itself and talks to loopback directly.
pub(super) fn http() -> anyhow::Result<reqwest::Client> {
    // Whoever installed a provider before us is as good.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(60))
        .build()?)
}
