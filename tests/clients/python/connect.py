"""The whole way with the PyPI `mcp` package 2.x: is turned away, registers, asks its person, books, refreshes, gives back.

connect.py BASE PERSON
"""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

PROFILE = {"first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123"}


class Store:
    def __init__(self):
        self.tokens = None
        self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info):
        self.client = client_info


def provider(base, person, store):
    asked = {}

    async def ask(url):
        asked["url"] = url

    async def answered():
        async with httpx2.AsyncClient(timeout=60) as http:
            answer = await http.get(f"{person}/approve", params={"url": asked["url"]})
            answer.raise_for_status()
        back = {name: values[0] for name, values in parse_qs(urlsplit(answer.text).query).items()}
        return AuthorizationCodeResult(code=back["code"], state=back["state"], iss=back["iss"])

    metadata = OAuthClientMetadata(client_name="Python package", redirect_uris=[f"{person}/callback"])
    return OAuthClientProvider(f"{base}/api/mcp", metadata, store, ask, answered)


async def connected(base, auth, work):
    async with httpx2.AsyncClient(auth=auth, timeout=60) as http:
        async with Client(streamable_http_client(f"{base}/api/mcp", http_client=http)) as client:
            return await work(client)


async def main(base, person):
    store = Store()
    day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    booking = {"restaurant_name": "Carbone", "city": "New York", "date": day, "time": "19:30", "covers": 2}

    async def walk(client):
        tools = [tool.name for tool in (await client.list_tools()).tools]
        booked = (await client.call_tool("book_restaurant", booking | {"profile": PROFILE})).structured_content
        seen = (await client.call_tool("get_job_status", {"jobId": booked["jobId"]})).structured_content
        return {
            "tools": tools, "booked": booked["status"], "jobId": booked["jobId"],
            "seen": seen["jobId"] == booked["jobId"],
        }

    async def listed(client):
        return len((await client.list_tools()).tools)

    auth = provider(base, person, store)
    saw = await connected(base, auth, walk)
    before = store.tokens
    # From here on the package takes its access token to be over, and refreshes it.
    auth.context.token_expiry_time = 1
    tools = await connected(base, auth, listed)
    after = store.tokens
    async with httpx2.AsyncClient(timeout=60) as http:
        proof = (store.client.client_id, store.client.client_secret)
        gone = await http.post(f"{base}/oauth/revoke", data={"token": after.refresh_token}, auth=proof)
        bare = await http.post(
            f"{base}/api/mcp", json={}, headers={"authorization": f"Bearer {after.access_token}"}
        )
    refreshed = gone.status_code if tools == 6 and after.refresh_token != before.refresh_token else 0
    print(json.dumps(saw | {"issuer": True, "refreshed": refreshed, "revoked": bare.status_code}))


asyncio.run(main(*sys.argv[1:]))
