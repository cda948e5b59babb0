// Takes webhooks on a free loopback port, and believes those alone that the reference library verifies. Prints its port as
// one line of JSON; reads the secret as one line; then prints each message that comes as one line. Refuses the first one.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Webhook } from "standardwebhooks";

let webhook;
let came = 0;
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  const verified = (text) => {
    try {
      return webhook.verify(text, request.headers);
    } catch {
      return null;
    }
  };
  const message = verified(body);
  came += 1;
  response.writeHead(message && came > 1 ? 204 : 500).end();
  const forged = verified(`${body} `);
  console.log(JSON.stringify({ id: request.headers["webhook-id"], message, forged }));
});
createInterface({ input: process.stdin }).once("line", (secret) => {
  webhook = new Webhook(secret);
  console.log(JSON.stringify({ ready: true }));
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
