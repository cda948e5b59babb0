// An OpenID Connect provider on a free loopback port. Anybody may sign in, as whomever they say they are.
// Prints its issuer as one line of JSON, then reads the redirect address of its one client as one line.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(JSON.stringify({ issuer }));
const { value: redirect } = await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next();
const provider = new Provider(issuer, {
  clients: [{
    client_id: "onegent",
    client_secret: "a secret with / + and space",
    redirect_uris: [redirect],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "client_secret_basic",
  }],
  pkce: { required: () => true },
  cookies: { keys: ["for tests alone"] },
});
server.on("request", provider.callback());
console.log(JSON.stringify({ ready: true }));
