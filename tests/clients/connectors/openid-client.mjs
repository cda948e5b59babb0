// The whole way with `openid-client`, as a public client.

import * as client from "openid-client";
import { approved, base, call, callback, mcp, tell, walk } from "./walk.mjs";

const config = await client.dynamicClientRegistration(
  new URL(base),
  { client_name: "openid-client", redirect_uris: [callback], token_endpoint_auth_method: "none" },
  client.None(),
  { algorithm: "oauth2", execute: [client.allowInsecureRequests] },
);
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const question = client.buildAuthorizationUrl(config, {
  redirect_uri: callback,
  scope: "read book",
  state: expectedState,
  resource: mcp,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
});
const back = await approved(question.href);
const first = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState });
const saw = await walk(first.access_token);
const second = await client.refreshTokenGrant(config, first.refresh_token);
const refreshed = (await call(second.access_token, "tools/list", {})).status;
await client.tokenRevocation(config, second.refresh_token);
const revoked = (await call(second.access_token, "tools/list", {})).status;
tell({ ...saw, issuer: base === config.serverMetadata().issuer, refreshed, revoked });
