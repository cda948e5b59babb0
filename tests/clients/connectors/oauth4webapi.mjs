// The whole way with `oauth4webapi`, which checks every answer against its standard.

import * as oauth from "oauth4webapi";
import { approved, base, call, callback, mcp, tell, walk } from "./walk.mjs";

const plain = { [oauth.allowInsecureRequests]: true };
const resource = new URL(mcp);
const found = await oauth.resourceDiscoveryRequest(resource, plain);
const protectedResource = await oauth.processResourceDiscoveryResponse(resource, found);
const issuer = new URL(protectedResource.authorization_servers[0]);
const server = await oauth
  .discoveryRequest(issuer, { algorithm: "oauth2", ...plain })
  .then((response) => oauth.processDiscoveryResponse(issuer, response));
const metadata = { client_name: "oauth4webapi", redirect_uris: [callback], token_endpoint_auth_method: "client_secret_basic" };
const client = await oauth
  .dynamicClientRegistrationRequest(server, metadata, plain)
  .then(oauth.processDynamicClientRegistrationResponse);
const proof = oauth.ClientSecretBasic(client.client_secret);

const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const question = new URL(server.authorization_endpoint);
for (const [name, value] of Object.entries({
  client_id: client.client_id,
  redirect_uri: callback,
  response_type: "code",
  scope: "read book",
  state,
  resource: protectedResource.resource,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
})) question.searchParams.set(name, value);
const answer = oauth.validateAuthResponse(server, client, await approved(question.href), state);
const first = await oauth
  .authorizationCodeGrantRequest(server, client, proof, answer, callback, verifier, {
    additionalParameters: { resource: protectedResource.resource },
    ...plain,
  })
  .then((response) => oauth.processAuthorizationCodeResponse(server, client, response));
const saw = await walk(first.access_token);
const second = await oauth
  .refreshTokenGrantRequest(server, client, proof, first.refresh_token, plain)
  .then((response) => oauth.processRefreshTokenResponse(server, client, response));
const refreshed = (await call(second.access_token, "tools/list", {})).status;
await oauth
  .revocationRequest(server, client, proof, second.refresh_token, plain)
  .then(oauth.processRevocationResponse);
const revoked = (await call(second.access_token, "tools/list", {})).status;
tell({ ...saw, issuer: base === server.issuer, refreshed, revoked });
