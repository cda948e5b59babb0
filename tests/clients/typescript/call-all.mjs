// Calls all six tools as the official TypeScript SDK does, and prints one line of JSON about what it saw.
//
//   node call-all.mjs stdio COMMAND [ARGUMENT…]
//   node call-all.mjs http URL KEY

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";

const [kind, ...rest] = process.argv.slice(2);
const client = new Client({ name: "onegent-typescript-test", version: "0" });
await client.connect(transport(kind, rest));

const { tools } = await client.listTools();
const schemas = new Map(tools.map((tool) => [tool.name, tool.outputSchema]));
const seen = {
  sdk: "typescript",
  server: client.getServerVersion(),
  tools: tools.map(({ name, title, annotations }) => ({ name, title, annotations })),
  results: {},
};

const day = inDays(30);
const profile = { first_name: "Ana", last_name: "Silva", email: "ana@example.com", phone: "+12125550123" };
const bookings = {
  book_restaurant: { restaurant_name: "Carbone", city: "New York", date: day, time: "19:30", covers: 2, profile },
  book_hotel: { destination: "Albergo Pineta, Rome", check_in: day, check_out: inDays(32), guests: 2, profile },
  book_flight: { origin: "JFK", destination: "LHR", depart_date: day, passengers: 1, profile },
  book_activity: { city: "Paris", date: day, participants: 2, activity_name: "Covered Passages Walk", profile },
};
for (const [name, args] of Object.entries(bookings)) await call(name, args);
const { jobId } = seen.results.book_restaurant.structured;
await call("get_job_status", { jobId });
await call("get_job_audit", { jobId, limit: 5 });

seen.wrongArguments = said(
  await client.callTool({ name: "book_restaurant", arguments: { city: "", date: "soon", covers: 21, tip: 5 } }),
);
seen.unknownJob = said(await client.callTool({ name: "get_job_status", arguments: { jobId: "job_" + "0".repeat(32) } }));
seen.unknownTool = await client.callTool({ name: "confirm_charge", arguments: {} }).then(said, (error) => ({
  isError: true,
  text: error.message,
}));

await client.close();
console.log(JSON.stringify(seen));

function transport(kind, rest) {
  if (kind === "stdio") {
    const [command, ...args] = rest;
    return new StdioClientTransport({ command, args, env: process.env, stderr: "inherit" });
  }
  const [url, key] = rest;
  const headers = { Authorization: `Bearer ${key}` };
  return new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
}

/** Calls a tool; the SDK itself throws when a structured result does not match, and we look once more. */
async function call(name, args) {
  const result = await client.callTool({ name, arguments: args });
  const { text, isError } = said(result);
  const checked = new AjvJsonSchemaValidator().getValidator(schemas.get(name))(result.structuredContent);
  seen.results[name] = { text, isError, valid: checked.valid, structured: result.structuredContent };
}

function said(result) {
  const text = result.content.filter((part) => part.type === "text").map((part) => part.text);
  return { isError: result.isError === true, text: text.join("\n") };
}

function inDays(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
