// Checks a report with axe-core and takes pictures of it, wide and at 360 px.
//
//   node benchmarks/report_check.mjs REPORT.html MODULES CHROMIUM OUT
//
// MODULES is a folder with node_modules/playwright-core and node_modules/axe-core, CHROMIUM the browser's program, OUT a
// folder for the pictures. Prints one JSON object; the exit status is 1 when axe finds a violation or the page is wider
// than its window.
import { createRequire } from "node:module";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const [page_file, modules, chromium_path, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node report_check.mjs REPORT.html MODULES CHROMIUM OUT");
  process.exit(2);
}
const load = createRequire(join(resolve(modules), "package.json"));
const { chromium } = load("playwright-core");
const axe = load.resolve("axe-core/axe.min.js");
const name = basename(page_file, ".html");
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "report-")), {
  executablePath: chromium_path, headless: true, args: quiet });
const asked = [];
context.on("request", (request) => { if (!/^(file|data):/.test(request.url())) asked.push(request.url()); });
const found = { page: name, requests: asked, widths: {} };
let wrong = false;
for (const width of [1280, 360]) {
  const page = await context.newPage();
  await page.setViewportSize({ width, height: 900 });
  await page.goto("file://" + resolve(page_file));
  await page.screenshot({ path: join(out, `${name}-${width}.png`), fullPage: true });
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  await page.addScriptTag({ path: axe });
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations", "incomplete"] }));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const told = (list) => list.map((one) => ({ id: one.id, impact: one.impact, nodes: one.nodes.length,
    first: one.nodes[0].html.slice(0, 160) }));
  found.widths[width] = { passes: result.passes.length, violations: told(result.violations),
    incomplete: told(result.incomplete), overflow_px: wide };
  wrong = wrong || result.violations.length > 0 || wide > 0;
  await page.close();
}
const page = await context.newPage();
await page.goto("file://" + resolve(page_file));
await page.pdf({ path: join(out, `${name}.pdf`), format: "A4", margin: { top: "12mm", bottom: "12mm", left: "12mm",
  right: "12mm" } });
await context.close();
console.log(JSON.stringify(found, null, 1));
process.exit(wrong ? 1 : 0);
