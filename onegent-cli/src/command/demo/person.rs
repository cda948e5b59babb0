//! The person: at the terminal with a browser of their own, or their browser walked through the console's pages.

use anyhow::Context as _;
use onegent_core::job::Job;
use url::Url;

use crate::node::Node;
use crate::output;
use crate::outside::Walk;

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
        let mut walk = Walk::new()?;
        walk.sign_in(node.sign_in_link().await?).await?;
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
                let page = walk.get(Url::parse(&payment.confirm_url)?).await?.fine()?;
                walk.submit(&page, "form[action$='/confirm']").await?.fine().context("confirming")?;
            }
        }
        Ok(())
    }
}
