"""Books as the PyPI `mcp` package 1.x does: asks for it, waits, says where to confirm, and reads the code. Prints a line of
JSON when the job waits for its person, and one when it is booked.

BOOKING='{"name":…,"arguments":…}' book.py stdio COMMAND
BOOKING='{"name":…,"arguments":…}' book.py http URL KEY
"""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamablehttp_client


async def book(read, write):
    booking = json.loads(os.environ["BOOKING"])
    async with ClientSession(read, write) as client:
        await client.initialize()
        queued = await client.call_tool(booking["name"], booking["arguments"])
        job = queued.structuredContent["jobId"]
        for wanted in ("paused_payment", "done"):
            result = await client.call_tool("get_job_status", {"jobId": job, "waitSeconds": 50})
            assert result.structuredContent["status"] == wanted, result
            print(json.dumps({"text": result.content[0].text, "job": result.structuredContent}), flush=True)


async def main(kind, *rest):
    if kind == "stdio":
        server = StdioServerParameters(command=rest[0], args=[], env=dict(os.environ))
        async with stdio_client(server) as (read, write):
            return await book(read, write)
    url, key = rest
    async with streamablehttp_client(url, headers={"Authorization": f"Bearer {key}"}) as (read, write, _):
        return await book(read, write)


asyncio.run(main(*sys.argv[1:]))
