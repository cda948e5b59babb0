//! `onegent manifest`: what stores and registries want to know, out of the tools themselves.

use onegent_mcp::Inventory;
use serde_json::{Value, json};
use url::Url;

use super::openapi::only_https;
use crate::args::{Manifest, Platform};
use crate::exit::Exit;
use crate::{env, output};

const NAME: &str = "onegent";
const TITLE: &str = "Travel Booking Agent";
const VERSION: &str = env!("CARGO_PKG_VERSION");
const HOMEPAGE: &str = env!("CARGO_PKG_HOMEPAGE");
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
/// At most 100 characters, as the registry has it.
const SHORT: &str = "Books restaurants, hotels, flights and activities, and stops at every payment for you.";
const KEY_IS: &str = "An API key: ogk_live_... for real booking sites, ogk_test_... for the practice sites";
const SAFETY: [&str; 5] = [
    "No tool, argument, prompt or resource confirms a charge. A booking that reaches payment stops, and its owner confirms it signed in, on a page that shows merchant, amount and terms.",
    "A confirmation holds for exactly the charge that was shown; a changed price, date or term makes a new pause.",
    "Each booking is submitted at most once. When the outcome can't be read, it is said so and not tried again.",
    "Text from booking sites is passed on as data: masked, cut, and never as an instruction.",
    "Card numbers and passwords are neither asked for nor filled in. A guest's details are used for the booking they came with.",
];

/// Prints the manifest that was asked for.
pub(crate) fn print(manifest: Manifest) -> anyhow::Result<Exit> {
    let value = match manifest {
        Manifest::ChatgptApp { url } => {
            only_https(&url)?;
            chatgpt_app(&url)
        }
        Manifest::Mcpb { platform } => mcpb(platform),
        Manifest::Registry => registry(),
    };
    output::line(format_args!("{value:#}"))?;
    Ok(Exit::Done)
}

fn chatgpt_app(url: &Url) -> Value {
    let tools = Inventory::get().iter().map(|tool| {
        let definition = tool.definition();
        json!({
            "name": definition.name,
            "title": definition.title,
            "description": definition.description,
            "scope": tool.scope().as_str(),
            "annotations": definition.annotations,
        })
    });
    json!({
        "name": TITLE,
        "version": VERSION,
        "description": SHORT,
        "website": HOMEPAGE,
        "mcp": {
            "url": url,
            "transport": "streamable_http",
            "auth": { "type": "bearer", "headerName": "Authorization", "headerPrefix": "Bearer " },
        },
        "tools": tools.collect::<Vec<_>>(),
        "safety": SAFETY,
    })
}

/// `manifest.json` of an MCP bundle, version 0.4.
fn mcpb(platform: Platform) -> Value {
    let (word, binary) = match platform {
        Platform::Linux => ("linux", "server/onegent-mcp-server"),
        Platform::Darwin => ("darwin", "server/onegent-mcp-server"),
        Platform::Win32 => ("win32", "server/onegent-mcp-server.exe"),
    };
    let tools = Inventory::get().iter().map(|tool| {
        let definition = tool.definition();
        json!({ "name": definition.name, "description": definition.description })
    });
    json!({
        "manifest_version": "0.4",
        "name": NAME,
        "display_name": TITLE,
        "version": VERSION,
        "description": SHORT,
        "long_description": SAFETY.join("\n\n"),
        "author": { "name": "Onegent", "url": HOMEPAGE },
        "repository": { "type": "git", "url": REPOSITORY },
        "homepage": HOMEPAGE,
        "icon": "icon.png",
        "license": env!("CARGO_PKG_LICENSE"),
        "keywords": ["travel", "booking", "restaurant", "hotel", "flight"],
        "server": {
            "type": "binary",
            "entry_point": binary,
            "mcp_config": {
                "command": format!("${{__dirname}}/{binary}"),
                "args": [],
                "env": {
                    env::API_KEY: "${user_config.api_key}",
                    env::API_BASE_URL: "${user_config.api_base_url}",
                },
            },
        },
        "tools": tools.collect::<Vec<_>>(),
        "compatibility": { "platforms": [word] },
        "user_config": {
            "api_key": {
                "type": "string", "title": "API key", "description": KEY_IS, "sensitive": true, "required": true,
            },
            "api_base_url": {
                "type": "string",
                "title": "REST API",
                "description": "The server that books; change it for one of your own",
                "default": env::HOSTED_API,
                "required": false,
            },
        },
    })
}

/// `server.json` of the MCP registry, schema 2025-12-11.
fn registry() -> Value {
    json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": "one.onegent/onegent",
        "title": TITLE,
        "description": SHORT,
        "version": VERSION,
        "websiteUrl": HOMEPAGE,
        "repository": { "url": REPOSITORY, "source": "github" },
        "remotes": [{
            "type": "streamable-http",
            "url": format!("{HOMEPAGE}/api/mcp"),
            "headers": [{
                "name": "Authorization",
                "description": "Bearer and an API key; clients with OAuth need none",
                "isRequired": false,
                "isSecret": true,
            }],
        }],
        "packages": [{
            "registryType": "npm",
            "identifier": "@onegent/mcp-server",
            "version": VERSION,
            "runtimeHint": "npx",
            "transport": { "type": "stdio" },
            "environmentVariables": [
                { "name": env::API_KEY, "description": KEY_IS, "isRequired": true, "isSecret": true },
                {
                    "name": env::API_BASE_URL,
                    "description": "The REST API to call",
                    "default": env::HOSTED_API,
                    "isRequired": false,
                },
            ],
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_manifests_list_the_tools_that_are_there() {
        let names: Vec<_> = Inventory::get().iter().map(|tool| tool.definition().name.to_string()).collect();
        let url = "https://book.example.com/api/mcp".parse().unwrap();
        for manifest in [chatgpt_app(&url), mcpb(Platform::Linux)] {
            let listed: Vec<_> = manifest["tools"]
                .as_array()
                .unwrap()
                .iter()
                .map(|tool| tool["name"].as_str().unwrap())
                .collect();
            assert_eq!(listed, names);
        }
    }

    #[test]
    fn the_registry_s_limit_on_descriptions_is_kept() {
        assert!(SHORT.chars().count() <= 100);
    }

    #[test]
    fn the_app_is_described_as_its_guides_have_it() {
        let url = "https://book.example.com/api/mcp".parse().unwrap();
        let manifest = chatgpt_app(&url);
        assert_eq!(manifest["name"], "Travel Booking Agent");
        assert_eq!(manifest["mcp"]["url"], "https://book.example.com/api/mcp");
        assert_eq!(manifest["mcp"]["transport"], "streamable_http");
        let auth = &manifest["mcp"]["auth"];
        assert_eq!(
            (&auth["headerName"], &auth["headerPrefix"]),
            (&json!("Authorization"), &json!("Bearer "))
        );
    }
}
