// The whole way with the TypeScript MCP client 2.x. It begins with `read` alone and steps up when it is told to.

import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { Store, connect, walk } from "./store.mjs";
import { base } from "./walk.mjs";

const store = new Store({ client_name: "TypeScript client 2", token_endpoint_auth_method: "none" });
const finish = (transport, back) => transport.finishAuth(back.searchParams);
await walk(await connect(Client, StreamableHTTPClientTransport, UnauthorizedError, store, finish), store, base);
