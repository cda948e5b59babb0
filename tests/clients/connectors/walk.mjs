// What every app of these tests does beside OAuth: asks its person, books, looks, and tells what it saw.

export const [base, person] = process.argv.slice(2);
export const mcp = `${base}/api/mcp`;
export const callback = `${person}/callback`;

/** Lets the person decide; where the browser came back to. */
export async function approved(question) {
  const answer = await fetch(`${person}/approve?url=${encodeURIComponent(question)}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return new URL(text);
}

export function booking() {
  const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const profile = { first_name: "Ana", last_name: "Silva", email: "ana@example.com", phone: "+12125550123" };
  return { restaurant_name: "Carbone", city: "New York", date: day, time: "19:30", covers: 2, profile };
}

/** A method of MCP with nothing but a token. */
export async function call(token, method, params) {
  const answer = await fetch(mcp, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  if (!answer.ok) return { status: answer.status };
  const text = await answer.text();
  const message = text.startsWith("{") ? text : text.split("\n").find((line) => line.startsWith("data: {")).slice(6);
  return { status: answer.status, result: JSON.parse(message).result };
}

/** Lists, books and looks with a token. */
export async function walk(token) {
  const tools = (await call(token, "tools/list", {})).result.tools.map((tool) => tool.name);
  const booked = await call(token, "tools/call", { name: "book_restaurant", arguments: booking() });
  const { jobId, status } = booked.result.structuredContent;
  const seen = await call(token, "tools/call", { name: "get_job_status", arguments: { jobId } });
  return { tools, booked: status, jobId, seen: seen.result.structuredContent.jobId === jobId };
}

export function tell(saw) {
  console.log(JSON.stringify(saw));
}
