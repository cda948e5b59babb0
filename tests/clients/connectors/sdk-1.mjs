// The whole way with the TypeScript MCP SDK 1.x.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Store, connect, walk } from "./store.mjs";
import { base } from "./walk.mjs";

const store = new Store({ client_name: "TypeScript SDK 1" });
const finish = (transport, back) => transport.finishAuth(back.searchParams.get("code"));
await walk(await connect(Client, StreamableHTTPClientTransport, UnauthorizedError, store, finish), store, base);
