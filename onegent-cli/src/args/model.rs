//! A language model beside the heuristic planner.

#![expect(clippy::doc_markdown, reason = "these comments are printed as they stand")]

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use onegent_engine::planner::model::{ModelKind, ModelPrices, ModelTurn};

use crate::env;

const HEADING: &str = "Language model";

/// Which model is asked, when, and how much of it a booking may use.
#[derive(Debug, Clone, Args)]
pub(crate) struct ModelArgs {
    /// Ask this language model where the agent finds no way on at a site without a playbook; nobody is asked unless one is
    /// named. It sees pages without the guest. Its key is read from ONEGENT_MODEL_KEY, or from a file
    #[arg(long, env = env::MODEL, value_name = "NAME", help_heading = HEADING)]
    pub(crate) model: Option<String>,
    /// How it is spoken to: chat completions with a JSON schema, or Anthropic's messages
    #[arg(long, env = env::MODEL_KIND, value_enum, default_value_t = Kind::Openai, help_heading = HEADING)]
    pub(crate) model_kind: Kind,
    /// Its endpoint, up to /chat/completions or /messages; http only at an address that is not public [default: the kind's
    /// own maker's]
    #[arg(long, env = env::MODEL_URL, value_name = "URL", requires = "model", help_heading = HEADING)]
    pub(crate) model_url: Option<url::Url>,
    /// A file with its key alone, in place of ONEGENT_MODEL_KEY
    #[arg(long, env = env::MODEL_KEY_FILE, value_name = "FILE", requires = "model", help_heading = HEADING)]
    pub(crate) model_key_file: Option<PathBuf>,
    /// When it is asked: where the agent is stuck, or before each step at such a site
    #[arg(long, value_enum, default_value_t = Turn::Stuck, help_heading = HEADING)]
    pub(crate) model_turn: Turn,
    /// Seconds that one answer may take
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=300), value_name = "SECONDS", help_heading = HEADING)]
    pub(crate) model_seconds: u16,
    /// Questions that one booking may ask
    #[arg(long, default_value_t = 30, value_name = "NUMBER", help_heading = HEADING)]
    pub(crate) model_calls: u32,
    /// Tokens that one booking may use, read and written
    #[arg(long, default_value_t = 200_000, value_name = "NUMBER", help_heading = HEADING)]
    pub(crate) model_tokens: u64,
    /// What a million tokens cost, read and written, in minor units of a currency: USD:300:1500 for 3 and 15 dollars
    #[arg(long, value_parser = prices, value_name = "PRICES", help_heading = HEADING)]
    pub(crate) model_prices: Option<ModelPrices>,
    /// What one booking may cost, in minor units of that currency
    #[arg(long, value_name = "NUMBER", requires = "model_prices", help_heading = HEADING)]
    pub(crate) model_cost: Option<u64>,
}

// Doc comments here would make every command's help a page longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Openai,
    Anthropic,
}

// Doc comments here would make every command's help a page longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Turn {
    Stuck,
    Always,
}

impl From<Kind> for ModelKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Openai => Self::OpenAi,
            Kind::Anthropic => Self::Anthropic,
        }
    }
}

impl From<Turn> for ModelTurn {
    fn from(turn: Turn) -> Self {
        match turn {
            Turn::Stuck => Self::WhenStuck,
            Turn::Always => Self::Always,
        }
    }
}

fn prices(text: &str) -> Result<ModelPrices, &'static str> {
    const FORM: &str = "name them as CURRENCY:READ:WRITTEN, such as USD:300:1500";
    let mut parts = text.split(':');
    let (Some(currency), Some(read), Some(written), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(FORM);
    };
    Ok(ModelPrices {
        currency: currency.parse().map_err(|_unknown| FORM)?,
        read: read.parse().map_err(|_no_number| FORM)?,
        written: written.parse().map_err(|_no_number| FORM)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_name_their_currency_and_both_amounts() {
        let read = prices("USD:300:1500").unwrap();
        assert_eq!((read.currency.code(), read.read, read.written), ("USD", 300, 1500));
        for wrong in ["", "USD", "USD:300", "USD:300:1500:1", "usd dollars:1:2", "USD:3.00:15", "USD:-1:2"] {
            assert!(prices(wrong).is_err(), "{wrong}");
        }
    }
}
