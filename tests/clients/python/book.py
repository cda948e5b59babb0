"""Books as the PyPI `mcp` package 2.x does: asks for it, waits, says where to confirm, and reads the code. Prints a line of
JSON when the job waits for its person, and one when it is booked.

BOOKING='{"name":…,"arguments":…}' book.py auto stdio COMMAND
BOOKING='{"name":…,"arguments":…}' book.py auto http URL KEY
"""

import asyncio
import json
import os
import sys

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client


async def book(client):
    booking = json.loads(os.environ["BOOKING"])
    queued = await client.call_tool(booking["name"], booking["arguments"])
    job = queued.structured_content["jobId"]
    for wanted in ("paused_payment", "done"):
        result = await client.call_tool("get_job_status", {"jobId": job, "waitSeconds": 50})
        assert result.structured_content["status"] == wanted, result
        print(json.dumps({"text": result.content[0].text, "job": result.structured_content}), flush=True)


async def main(mode, kind, *rest):
    if kind == "stdio":
        server = StdioServerParameters(command=rest[0], args=[], env=dict(os.environ))
        async with Client(server, mode=mode) as client:
            return await book(client)
    url, key = rest
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers, trust_env=False, timeout=60) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            return await book(client)


asyncio.run(main(*sys.argv[1:]))
