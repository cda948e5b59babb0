"""Calls all six tools as the PyPI `mcp` package does, and prints one line of JSON about what it saw.

call_all.py MODE stdio COMMAND [ARGUMENT...]
call_all.py MODE http URL KEY

MODE is `legacy` for the initialize handshake and `auto` for what a client of today does.
"""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta

import httpx2
import jsonschema
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

PROFILE = {"first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123"}


def in_days(days):
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def bookings():
    day = in_days(30)
    return {
        "book_restaurant": {
            "restaurant_name": "Carbone", "city": "New York", "date": day, "time": "19:30", "covers": 2,
        },
        "book_hotel": {
            "destination": "Albergo Pineta, Rome", "check_in": day, "check_out": in_days(32), "guests": 2,
        },
        "book_flight": {"origin": "JFK", "destination": "LHR", "depart_date": day, "passengers": 1},
        "book_activity": {
            "city": "Paris", "date": day, "participants": 2, "activity_name": "Covered Passages Walk",
        },
    }


def said(result):
    text = [part.text for part in result.content if part.type == "text"]
    return {"isError": bool(result.is_error), "text": "\n".join(text)}


async def call(client, schemas, name, arguments):
    """Calls a tool; the package itself raises when a structured result does not match, and we look once more."""
    result = await client.call_tool(name, arguments)
    try:
        jsonschema.validate(result.structured_content, schemas[name])
        valid = True
    except jsonschema.ValidationError as error:
        valid = error.message
    return said(result) | {"valid": valid, "structured": result.structured_content}


async def look(client):
    tools = (await client.list_tools()).tools
    schemas = {tool.name: tool.output_schema for tool in tools}
    results = {}
    for name, arguments in bookings().items():
        results[name] = await call(client, schemas, name, arguments | {"profile": PROFILE})
    job = results["book_restaurant"]["structured"]["jobId"]
    results["get_job_status"] = await call(client, schemas, "get_job_status", {"jobId": job})
    results["get_job_audit"] = await call(client, schemas, "get_job_audit", {"jobId": job, "limit": 5})
    wrong = {"city": "", "date": "soon", "covers": 21, "tip": 5}
    try:
        unknown_tool = said(await client.call_tool("confirm_charge", {}))
    except MCPError as error:
        unknown_tool = {"isError": True, "text": str(error)}
    return {
        "sdk": "python",
        "protocolVersion": client.protocol_version,
        "server": client.server_info and client.server_info.model_dump(by_alias=True, exclude_none=True),
        "tools": [tool.model_dump(by_alias=True, include={"name", "title", "annotations"}) for tool in tools],
        "results": results,
        "wrongArguments": said(await client.call_tool("book_restaurant", wrong)),
        "unknownJob": said(await client.call_tool("get_job_status", {"jobId": "job_" + "0" * 32})),
        "unknownTool": unknown_tool,
    }


async def main(mode, kind, *rest):
    if kind == "stdio":
        server = StdioServerParameters(command=rest[0], args=list(rest[1:]), env=dict(os.environ))
        async with Client(server, mode=mode) as client:
            return await look(client)
    url, key = rest
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, trust_env=False) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            return await look(client)


print(json.dumps(asyncio.run(main(*sys.argv[1:]))))
