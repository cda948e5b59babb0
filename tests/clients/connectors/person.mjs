// A person with a real Chromium. Approves what apps ask for, and is where the browser comes back to.
//
// person.mjs SIGN_IN_LINK
//
// Prints its address. `GET /approve?url=…` opens an app's question, signs in by the link if that is wanted, presses Approve,
// and answers with the address that the browser ended at: this server's own `/callback`.

import http from "node:http";
import { chromium } from "playwright-core";

const [link] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const context = await browser.newContext();

async function approve(question) {
  let page = await context.newPage();
  await page.goto(question);
  if (new URL(page.url()).pathname === "/sign-in") {
    // The link is opened elsewhere, and leads back to what was asked.
    await page.close();
    page = await context.newPage();
    await page.goto(link);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  }
  await page.getByRole("button", { name: "Approve" }).click();
  await page.waitForURL("**/callback?**");
  const back = page.url();
  await page.close();
  return back;
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  try {
    const text = url.pathname === "/approve" ? await approve(url.searchParams.get("url")) : "You can close this page.";
    response.end(text);
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ person: `http://127.0.0.1:${server.address().port}` })));
