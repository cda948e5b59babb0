// What the TypeScript MCP clients want of their host: somewhere to keep things, and a way to send a person off.

import { approved, callback, mcp, tell, booking } from "./walk.mjs";

export class Store {
  redirectUrl = callback;
  clientMetadata;
  question;
  #client;
  #tokens;
  #verifier;
  #state;
  #modest;

  /** `modest`: what the app asks for the first time, whatever it is offered. */
  constructor(clientMetadata, modest) {
    this.clientMetadata = { redirect_uris: [callback], ...clientMetadata };
    this.#modest = modest;
  }
  state() { return (this.#state = crypto.randomUUID()); }
  clientInformation() { return this.#client; }
  saveClientInformation(client) { this.#client = client; }
  tokens() { return this.#tokens; }
  saveTokens(tokens) { this.#tokens = tokens; }
  redirectToAuthorization(url) {
    this.question = url;
    if (this.#modest) url.searchParams.set("scope", this.#modest);
    this.#modest = undefined;
  }
  saveCodeVerifier(verifier) { this.#verifier = verifier; }
  codeVerifier() { return this.#verifier; }
}

/** Connects, is turned away, asks the person, and connects again. */
export async function connect(Client, Transport, Unauthorized, store, finish) {
  const first = new Transport(new URL(mcp), { authProvider: store });
  try {
    await new Client({ name: "connectors", version: "1.0.0" }).connect(first);
    throw new Error("nobody was asked");
  } catch (error) {
    if (!(error instanceof Unauthorized)) throw error;
  }
  await finish(first, await approved(store.question.href));
  const client = new Client({ name: "connectors", version: "1.0.0" });
  await client.connect(new Transport(new URL(mcp), { authProvider: store }));
  return client;
}

/** Books, looks, has its token spoilt so that it refreshes by itself, gives its token back, and tells. */
export async function walk(client, store, issuer) {
  const tools = (await client.listTools()).tools.map((tool) => tool.name);
  const booked = await client.callTool({ name: "book_restaurant", arguments: booking() });
  const { jobId, status } = booked.structuredContent;
  const seen = await client.callTool({ name: "get_job_status", arguments: { jobId } });
  const before = store.tokens();
  store.saveTokens({ ...before, access_token: `ogt_${"A".repeat(43)}` });
  // A list of tools may come out of the client's own cache.
  await client.callTool({ name: "get_job_status", arguments: { jobId } });
  const after = store.tokens();
  const { client_id, client_secret } = store.clientInformation();
  const proof = client_secret ? { client_id, client_secret } : { client_id };
  const body = new URLSearchParams({ token: after.refresh_token, ...proof });
  await fetch(`${issuer}/oauth/revoke`, { method: "POST", body });
  const bare = await fetch(mcp, {
    method: "POST",
    headers: { authorization: `Bearer ${after.access_token}`, "content-type": "application/json" },
    body: "{}",
  });
  tell({
    tools,
    booked: status,
    jobId,
    seen: seen.structuredContent.jobId === jobId,
    issuer: true,
    refreshed: after.refresh_token === before.refresh_token ? 0 : 200,
    revoked: bare.status,
  });
  process.exit(0);
}
