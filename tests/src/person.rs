//! The person who owns the account, at the console.

use anyhow::{Context as _, ensure};
use onegent_cli::outside::{Page, Walk};
use onegent_core::job::Job;
use url::Url;

/// Somebody signed in at the console.
#[derive(Debug)]
pub struct Person {
    console: Url,
    walk: Walk,
}

impl Person {
    /// Signs in by a one-time link.
    pub async fn sign_in(console: Url, link: Url) -> anyhow::Result<Self> {
        let mut walk = Walk::new()?;
        walk.sign_in(link).await?;
        Ok(Self { console, walk })
    }

    /// Opens the page on which a paused job is reviewed, by the link that its assistant was given.
    pub async fn review(&mut self, job: &Job) -> anyhow::Result<Page> {
        let payment = job.payment.as_ref().context("a paused job names its payment")?;
        let link = Url::parse(&payment.confirm_url)?;
        self.open(link.path()).await?.fine()
    }

    /// Somebody who walked in by another way.
    pub fn of(console: Url, walk: Walk) -> Self {
        Self { console, walk }
    }

    /// Fills in a form of a page and sends it.
    pub async fn fill(
        &mut self,
        page: &Page,
        selector: &str,
        typed: &[(&str, &str)],
    ) -> anyhow::Result<Page> {
        self.walk.fill(page, selector, typed).await
    }

    /// The browser itself, for pages elsewhere.
    pub fn walk(&mut self) -> &mut Walk {
        &mut self.walk
    }

    /// Opens a page of the console.
    pub async fn open(&mut self, path: &str) -> anyhow::Result<Page> {
        let url = self.console.join(path)?;
        self.walk.get(url).await
    }

    /// Follows an app's question to the page on which it is asked.
    pub async fn asked(&mut self, question: Url) -> anyhow::Result<Page> {
        self.walk.get(question).await?.fine()
    }

    /// Sends a form of a page, with all its fields as the page filled them.
    pub async fn press(&mut self, page: &Page, selector: &str) -> anyhow::Result<Page> {
        self.walk.submit(page, selector).await
    }

    /// The `Cookie` header that this browser sends.
    pub fn cookies(&self) -> String {
        self.walk.cookies()
    }

    /// Reviews and presses **Confirm charge**.
    pub async fn confirm(&mut self, job: &Job) -> anyhow::Result<()> {
        let page = self.review(job).await?;
        self.press_confirm(&page).await?.fine().context("confirming")?;
        Ok(())
    }

    /// Presses **Confirm charge** on a page that was opened before.
    pub async fn press_confirm(&mut self, page: &Page) -> anyhow::Result<Page> {
        self.walk.submit(page, "form[action$='/confirm']").await
    }

    /// Reviews and presses **Decline**.
    pub async fn decline(&mut self, job: &Job) -> anyhow::Result<()> {
        let page = self.review(job).await?;
        ensure!(page.html.contains("Decline"), "the review page offers no way to decline");
        self.walk.submit(&page, "form[action$='/decline']").await?.fine().context("declining")?;
        Ok(())
    }
}
