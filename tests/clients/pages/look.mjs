// Opens every page of a running console at phone and desk width, light and dark; lets axe-core judge each, walks each by
// keyboard, and keeps a picture. Arguments: the console, a sign-in link, an API key, a folder for the pictures.
// Ends with 1 when axe finds something serious or critical, or when the keyboard does not reach everything.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const [console_, link, key, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu"];
const browser = await puppeteer.launch({ executablePath, args });
const page = await browser.newPage();
// Our own policy forbids scripts of others, axe among them.
await page.setBypassCSP(true);
const url = (path) => new URL(path, console_).href;
const submit = (selector) => Promise.all([page.waitForNavigation(), page.$eval(selector, (form) => form.requestSubmit())]);
const fill = (fields) => page.evaluate((fields) => {
  for (const [id, value] of Object.entries(fields)) document.getElementById(id).value = value;
}, fields);

const signedOut = ["/sign-in", link, "/status", "/docs", "/nothing-here"];
const found = [];
async function look(path, name) {
  for (const [width, height] of [[390, 844], [1280, 900]]) {
    for (const scheme of ["light", "dark"]) {
      await page.setViewport({ width, height });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      if (path) await page.goto(url(path), { waitUntil: "load" });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      for (const { id, impact, nodes } of violations) {
        if (impact === "serious" || impact === "critical") {
          found.push(`${name} ${width} ${scheme}: ${impact} ${id} at ${nodes.map((node) => node.target).join("; ")}`);
        }
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      if (wide) found.push(`${name} ${width}: is wider than the screen`);
      await page.screenshot({ path: `${folder}/${name}-${width}-${scheme}.png`, fullPage: true });
    }
  }
  await keyboard(name);
}

// Tab has to reach everything that can be used, in the order in which it stands.
async function keyboard(name) {
  const wanted = await page.evaluate(() => {
    const usable = "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']";
    const radios = new Set();
    const all = [...document.querySelectorAll(usable)].filter((element) => {
      if (element.disabled || !element.checkVisibility()) return false;
      if (element.type !== "radio") return true;
      // Of a group of radio buttons Tab reaches one.
      const seen = radios.has(element.name);
      radios.add(element.name);
      return !seen;
    });
    document.activeElement.blur();
    window.scrollTo(0, 0);
    return all.length;
  });
  const order = [];
  // A date takes several steps to walk through: its day, month, year and calendar.
  for (let n = 0; n < wanted * 5 && order.length < wanted; n += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const all = [...document.querySelectorAll("*")];
      const outline = getComputedStyle(document.activeElement).outlineStyle;
      return [all.indexOf(document.activeElement), outline !== "none" || document.activeElement.closest(".job") !== null];
    });
    const last = order.at(-1);
    if (last?.[0] === at[0]) last[1] ||= at[1];
    else order.push(at);
  }
  const places = order.map(([place]) => place);
  const sorted = [...places].sort((a, b) => a - b);
  if (String(places) !== String(sorted)) found.push(`${name}: Tab does not go in the order of the page: ${places}`);
  if (new Set(places).size !== wanted) found.push(`${name}: Tab reaches ${new Set(places).size} of ${wanted}`);
  if (!order.every(([, seen]) => seen)) found.push(`${name}: something has the focus and does not show it`);
}

for (const [n, path] of signedOut.entries()) await look(path, `out-${n}`);
await page.goto(link);
await submit("form[action='/sign-in']");
await page.goto(url("/account"));
await fill({ email: "ana@example.com", password: "correct horse battery" });
await submit("form[action='/account/password']");
await page.goto(url("/profiles"));
await fill({ first_name: "Ana", last_name: "Silva", email: "ana@example.com", phone: "+12125550123", born_on: "1990-05-01",
  passport_number: "C01X00T47", passport_country: "PT", passport_expires_on: "2031-05-01" });
await submit("form[action='/profiles']");

const day = new Date(Date.now() + 30 * 86400e3);
day.setUTCDate(day.getUTCDate() - (day.getUTCDate() % 2) + (day.getUTCDate() < 2 ? 2 : 0));
const [from, to] = [0, 2].map((days) => new Date(day.getTime() + days * 86400e3).toISOString().slice(0, 10));
const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
const profile = { first_name: "Ana", last_name: "Silva", email: "ana@example.com", phone: "+12125550123" };
const params = { destination: "Wren Court, London", check_in: from, check_out: to, guests: 2 };
const request = { scenario: "hotel", params };
const body = JSON.stringify({ request, profile });
let job = await (await fetch(url("/api/v1/execution-jobs"), { method: "POST", headers, body })).json();
while (["queued", "running"].includes(job.status)) {
  await new Promise((soon) => setTimeout(soon, 200));
  job = await (await fetch(url(`/api/v1/execution-jobs/${job.jobId}`), { headers })).json();
}
if (job.status !== "paused_payment") found.push(`the booking is ${job.status}`);

// An app asks for access and gets it; its answers come to a server here.
const app = createServer((_, response) => response.end("You can close this page."));
await new Promise((listening) => app.listen(0, "127.0.0.1", listening));
const redirect_uri = `http://127.0.0.1:${app.address().port}/callback`;
const metadata = { client_name: "Trip planner", redirect_uris: [redirect_uri], token_endpoint_auth_method: "none" };
const { client_id } = await (await fetch(url("/oauth/register"), {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(metadata),
})).json();
const code_verifier = randomBytes(32).toString("base64url");
const code_challenge = createHash("sha256").update(code_verifier).digest("base64url");
const question = { response_type: "code", client_id, redirect_uri, code_challenge, code_challenge_method: "S256", state: "s" };
await look(`/oauth/authorize?${new URLSearchParams(question)}`, "consent");
await Promise.all([page.waitForNavigation(), page.click("form.consent button")]);
const code = new URL(page.url()).searchParams.get("code");
if (!code) found.push(`approving led to ${page.url()}`);
const redemption = { grant_type: "authorization_code", client_id, redirect_uri, code, code_verifier };
const paired = await fetch(url("/oauth/token"), { method: "POST", body: new URLSearchParams(redemption) });
if (!paired.ok) found.push(`the app was refused: ${await paired.text()}`);
app.close();

for (const [name, path] of [["jobs", "/"], ["job", `/jobs/${job.jobId}`], ["keys", "/developers/keys"],
  ["apps", "/developers/connected-apps"], ["status", "/status"], ["profiles", "/profiles"], ["account", "/account"], ["security", "/account/security"], ["code", "/account/code"]]) {
  await look(path, name);
}
// Pages that only a form leads to.
await page.goto(url("/account"));
await submit("form[action='/account/people']");
await look(null, "invited");
const invitation = await page.$eval(".outcome code", (code) => code.textContent);
await look(invitation, "join");
await page.goto(url("/account"));
await submit("form[action='/account/second-factor']");
await look(null, "enrolment");
await page.goto(url("/developers/keys"));
await fill({ name: "another" });
await submit("form[action='/developers/keys']");
await look(null, "issued");
await page.goto(url("/profiles"));
await submit("form[action='/profiles']");
await look(null, "profiles-wrong");
await browser.close();
for (const line of found) console.log(line);
process.exit(found.length ? 1 : 0);
