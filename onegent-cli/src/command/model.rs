//! The language model that `onegent serve` and `onegent worker` were told of.

use std::time::Duration;

use onegent_engine::planner::model::{ModelBudget, ModelConfig, ModelKind};
use secrecy::SecretString;
use url::Url;

use super::serve::secret_in;
use crate::args::ModelArgs;
use crate::env;

/// The model as it was named; none unless one was.
pub(super) fn model(named: ModelArgs) -> anyhow::Result<Option<ModelConfig>> {
    let Some(name) = named.model.filter(|name| !name.is_empty()) else { return Ok(None) };
    let kind = ModelKind::from(named.model_kind);
    let url = match (named.model_url, kind) {
        (Some(url), _) => url,
        (None, ModelKind::OpenAi) => Url::parse("https://api.openai.com/v1")?,
        (None, ModelKind::Anthropic) => Url::parse("https://api.anthropic.com/v1")?,
    };
    // It is no argument, which every program on the machine could read.
    let in_environment = || std::env::var(env::MODEL_KEY).ok().filter(|key| !key.is_empty());
    let key = match secret_in(named.model_key_file, "--model-key-file")? {
        Some(key) => Some(key),
        None => in_environment().map(SecretString::from),
    };
    let budget = ModelBudget { calls: named.model_calls, tokens: named.model_tokens, cost: named.model_cost };
    Ok(Some(ModelConfig {
        kind,
        url,
        name,
        key,
        turn: named.model_turn.into(),
        patience: Duration::from_secs(named.model_seconds.into()),
        budget,
        prices: named.model_prices,
    }))
}
