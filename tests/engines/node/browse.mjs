// Opens web pages in Chromium as a reader does, and prints as JSON what the orders ask about.
//
//   node browse.mjs CHROMIUM ORDERS.json
//
// Orders: [{file, width, scheme, media, choose: {id: index}, click, reset, axe, scripts, shown: selector, evaluate}, …]. Each
// gives {requests, refused, complaints, width, violations, undecided, passes, shown, evaluated}. What is chosen is chosen
// by keyboard, and without scripts.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [program, orders] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

// Runs in the page, beside it: also where the page itself may run nothing.
function look(selector) {
  return [...document.querySelectorAll(selector)]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .map((each) => each.innerText.replace(/\s+/g, " ").trim());
}

async function obey(browser, order) {
  const page = await browser.newPage();
  const requests = [];
  const complaints = [];
  const own = pathToFileURL(order.file).href;
  page.on("request", (request) => {
    const address = request.url().split("#")[0];
    if (address !== own && !address.startsWith("data:")) requests.push(address);
  });
  // What the page's policy refuses is announced all the same, and never leaves the browser.
  const refused = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  const session = await page.createCDPSession();
  const asked = new Map();
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, request.url));
  session.on("Network.loadingFailed", ({ requestId, blockedReason }) => {
    if (blockedReason === "csp") refused.push(asked.get(requestId));
  });
  await session.send("Log.enable");
  session.on("Log.entryAdded", ({ entry }) => complaints.push(entry.text));
  await session.send("Audits.enable");
  session.on("Audits.issueAdded", ({ issue }) => {
    if (issue.code !== "QuirksModeIssue") complaints.push(issue.code);
  });
  await page.setViewport({ width: order.width ?? 1280, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: order.scheme ?? "light" }]);
  if (order.media) await page.emulateMediaType(order.media);
  // A checker waits for timers, which stand still where scripts are off; the reader who chooses has none.
  await page.setJavaScriptEnabled(Boolean(order.axe || order.scripts));
  await page.goto(own, { waitUntil: "load", timeout: 120_000 });
  await page.evaluate("0");
  const found = { requests: requests.filter((each) => !refused.includes(each)), refused, complaints };
  for (const [id, index] of Object.entries(order.choose ?? {})) {
    await page.focus(`#${id}`);
    await page.keyboard.press("Home");
    for (let step = 0; step < index; step++) await page.keyboard.press("ArrowDown");
  }
  if (order.click) await page.click(order.click);
  if (order.reset) await page.click("button[type=reset]");
  found.width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (order.shown) found.shown = await page.evaluate(look, order.shown);
  if (order.evaluate) found.evaluated = await page.evaluate(order.evaluate);
  // Last, as it is a script that the page's policy would refuse; and complaints about it are not the page's.
  found.complaints = [...complaints];
  if (order.axe) {
    await page.evaluate(readFileSync(axe, "utf8"));
    const result = await page.evaluate(() =>
      axe.run(document, { runOnly: undefined, rules: Object.fromEntries(axe.getRules().map((rule) => [rule.ruleId, { enabled: true }])) }),
    );
    const brief = (each) => ({ id: each.id, nodes: each.nodes.slice(0, 3).map((node) => [node.html.slice(0, 200), node.any.concat(node.all, node.none).map((x) => x.message).join("; ")]), count: each.nodes.length });
    found.violations = result.violations.map(brief);
    found.undecided = result.incomplete.map(brief);
    found.passes = result.passes.length;
  }
  await page.close();
  return found;
}

const browser = await puppeteer.launch({
  executablePath: program,
  headless: true,
  protocolTimeout: 60_000,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const found = [];
  for (const order of JSON.parse(readFileSync(orders, "utf8"))) found.push(await obey(browser, order));
  process.stdout.write(JSON.stringify(found));
} finally {
  await browser.close();
}
