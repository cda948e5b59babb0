//! An assistant's side of MCP over HTTP: plain JSON-RPC requests with a bearer key, no session.

use anyhow::{Context as _, bail};
use onegent_core::port::ApiKey;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A caller of one MCP endpoint.
#[derive(Debug)]
pub struct Assistant {
    http: reqwest::Client,
    url: String,
    key: ApiKey,
}

impl Assistant {
    /// An assistant that holds `key`.
    pub fn new(url: &str, key: &ApiKey) -> anyhow::Result<Self> {
        Ok(Self { http: super::http()?, url: url.to_owned(), key: key.clone() })
    }

    /// The names of the tools that the server lists.
    pub async fn tools(&self) -> anyhow::Result<Vec<String>> {
        let listed = self.request("tools/list", json!({})).await?;
        let tools = listed["tools"].as_array().context("tools/list has no tools")?;
        Ok(tools.iter().filter_map(|tool| tool["name"].as_str().map(str::to_owned)).collect())
    }

    /// Calls a tool and answers its whole result, a tool error as well.
    pub async fn answer(&self, tool: &str, arguments: &Value) -> anyhow::Result<Value> {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// Calls a tool and reads its structured result.
    pub async fn call<T: DeserializeOwned>(&self, tool: &str, arguments: &Value) -> anyhow::Result<T> {
        let result = self.answer(tool, arguments).await?;
        if result["isError"] == true {
            bail!("{tool}: {}", result["content"][0]["text"].as_str().unwrap_or("failed without a word"));
        }
        serde_json::from_value(result["structuredContent"].clone())
            .with_context(|| format!("{tool}'s result"))
    }

    /// Sends any request of the protocol and answers its result.
    pub async fn request(&self, method: &str, params: Value) -> anyhow::Result<Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = self
            .http
            .post(&self.url)
            .bearer_auth(self.key.expose())
            .header("Accept", "application/json, text/event-stream")
            .json(&body)
            .send()
            .await?
            .error_for_status()?;
        let mut message: Value = answer.json().await.context("the answer is not JSON")?;
        if let Some(error) = message.get("error") {
            bail!("{method}: {error}");
        }
        Ok(message["result"].take())
    }
}
