// Opens Skygate's first page in Chromium and fails when something is wrong with it.
// Usage: node check.mjs --url http://127.0.0.1:8080/ [--rows N] [--restart] [--png FILE] [--dark]
//
// Wants the state "live", at least N rows (1), rows that change, an order by each
// column, a WebSocket; no error on the console, no failed request, nothing that
// the page's policy forbids, nothing from another host.
//
// With --refused it wants no aircraft, but the words on how to give a key.
//
// With --restart it then prints "stop", waits until the page says that the server
// is gone, prints "start", and wants the page to be live again by itself.
//
// CHROMIUM names the browser.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

const { values: args } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8080/" },
    rows: { type: "string", default: "1" },
    restart: { type: "boolean", default: false },
    refused: { type: "boolean", default: false },
    png: { type: "string" },
    dark: { type: "boolean", default: false },
  },
});
const browsers = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-first-run",
];
const problems = [];
const profile = mkdtempSync(join(tmpdir(), "skygate-browser-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: browsers.find((path) => path && existsSync(path)),
  args: flags,
  colorScheme: args.dark ? "dark" : "light",
  viewport: { width: 1280, height: 800 },
});
try {
  const page = await browser.newPage();
  watch(page);
  await page.goto(args.url);
  if (args.refused) await refused(page);
  else await whole(page);
  if (args.png) await page.screenshot({ path: args.png });
} catch (error) {
  problems.push(error.message);
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length ? 1 : 0;

async function whole(page) {
  await live(page);
  await orders(page);
  await page.reload();
  await live(page);
  if (args.restart) await restart(page);
}

async function refused(page) {
  await until(page, "refused");
  const reason = await page.textContent("#reason");
  if (!reason.includes("#key=")) problems.push(`it does not say how to give a key: ${reason}`);
}

// What a policy forbids is an error on the console, too.
function watch(page) {
  const home = new URL(args.url).host;
  const foreign = (url) => /^(https?|wss?):/.test(url) && new URL(url).host !== home;
  page.on("console", (m) => m.type() === "error" && problems.push(`console: ${m.text()}`));
  page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
  page.on("requestfailed", (r) => problems.push(`request failed: ${r.url()}: ${r.failure()?.errorText}`));
  page.on("response", (r) => r.status() >= 400 && problems.push(`${r.status()}: ${r.url()}`));
  page.on("request", (r) => foreign(r.url()) && problems.push(`foreign host: ${r.url()}`));
  page.on("websocket", (s) => foreign(s.url()) && problems.push(`foreign host: ${s.url()}`));
}

function until(page, state) {
  return page.waitForSelector(`#connection[data-state="${state}"]`);
}

async function live(page) {
  await until(page, "live");
  await page.waitForFunction((n) => document.querySelectorAll("#rows tr").length >= n, Number(args.rows));
  await page.waitForFunction(() => document.querySelector("#transport").textContent === "websocket");
  await page.waitForFunction(() => parseFloat(document.querySelector("#updates").textContent) > 0);
  // Positions: they move, and do not age by themselves.
  const positions = (before) => {
    const now = [...document.querySelectorAll("#rows td:nth-child(9)")].map((cell) => cell.textContent).join();
    return before === undefined ? now : now !== before;
  };
  await page.waitForFunction(positions, await page.evaluate(positions));
}

async function orders(page) {
  const headings = page.locator("th");
  for (let i = 0; i < (await headings.count()); i++) {
    const seen = new Set();
    for (let click = 0; click < 2; click++) {
      await headings.nth(i).locator("button").click();
      seen.add(await headings.nth(i).getAttribute("aria-sort"));
    }
    if (!seen.has("ascending") || !seen.has("descending")) problems.push(`column ${i} is not ordered by a click`);
  }
  if ((await headings.count()) < 10) problems.push("columns are missing");
}

async function restart(page) {
  const sofar = problems.length;
  console.log("stop");
  await until(page, "reconnecting");
  await page.waitForFunction(() => document.querySelector("#reason").textContent !== "");
  console.log("start");
  await live(page);
  problems.length = sofar; // while the server was gone the browser complained, rightly
}
