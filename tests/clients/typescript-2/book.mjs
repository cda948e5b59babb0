// Books as the official TypeScript client 2.x does: asks for it, waits, says where to confirm, and reads the code. Prints a
// line of JSON when the job waits for its person, and one when it is booked.
//
//   BOOKING='{"name":…,"arguments":…}' node book.mjs stdio COMMAND
//   BOOKING='{"name":…,"arguments":…}' node book.mjs http URL KEY

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const [kind, ...rest] = process.argv.slice(2);
const client = new Client({ name: "onegent-typescript-test", version: "0" });
await client.connect(transport(kind, rest));
const { structuredContent: queued } = await client.callTool(JSON.parse(process.env.BOOKING));
for (const wanted of ["paused_payment", "done"]) {
  const result = await client.callTool({
    name: "get_job_status",
    arguments: { jobId: queued.jobId, waitSeconds: 50 },
  });
  if (result.structuredContent?.status !== wanted) throw new Error(`not ${wanted}: ${JSON.stringify(result)}`);
  console.log(JSON.stringify({ text: result.content[0].text, job: result.structuredContent }));
}
await client.close();

function transport(kind, rest) {
  if (kind === "stdio") return new StdioClientTransport({ command: rest[0], env: process.env, stderr: "inherit" });
  const [url, key] = rest;
  return new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { Authorization: `Bearer ${key}` } } });
}
