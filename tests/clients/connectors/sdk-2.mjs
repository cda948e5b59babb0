// The whole way with the TypeScript MCP client 2.x. It asks for `read` alone at first, and steps up when booking is refused.

import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { Store, connect, walk } from "./store.mjs";
import { approved, base, booking } from "./walk.mjs";

const store = new Store({ client_name: "TypeScript client 2", token_endpoint_auth_method: "none" }, "read");
const finish = (transport, back) => transport.finishAuth(back.searchParams);
const client = await connect(Client, StreamableHTTPClientTransport, UnauthorizedError, store, finish);
if (store.tokens().scope !== "read") throw new Error(`got ${store.tokens().scope}`);
try {
  await client.callTool({ name: "book_restaurant", arguments: booking() });
  throw new Error("it booked with read alone");
} catch (error) {
  if (!(error instanceof UnauthorizedError)) throw error;
}
await finish(client.transport, await approved(store.question.href));
if (store.tokens().scope !== "read book") throw new Error(`stepped up to ${store.tokens().scope}`);
await walk(client, store, base);
