// Fills a form as Firefox does: the viewer puts what is typed into the annotation storage, and
// saving appends it to the file. Orders come as tests/engines/engine.py says.
//
//   node fill.mjs pdfjs-newest IN.pdf OUT.pdf

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import "./globals.cjs";

const [engine, source, target] = process.argv.slice(2);

// Saving stamps the time on each field and hashes it into the file's /ID: stop the clock.
const STOPPED = Date.UTC(2026, 10, 16, 9, 0, 0);
globalThis.Date = class extends Date {
  constructor(...args) {
    super(...(args.length ? args : [STOPPED]));
  }
  static now() {
    return STOPPED;
  }
};

// A text that pdf.js fails to save it leaves out, with a warning that no one sees: make it one.
const warnings = [];
console.warn = console.log = (message) => warnings.push(String(message));

function fail(message) {
  console.error(message);
  process.exit(2);
}

function readOrders() {
  const parts = readFileSync(0, "utf8").split("\0");
  const texts = new Map();
  for (let i = 0; i + 1 < parts.length; i += 2) {
    texts.set(parts[i], parts[i + 1]);
  }
  return texts;
}

async function type(pdf, texts) {
  const unknown = new Set(texts.keys());
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    for (const { id, fieldName, fieldType } of await page.getAnnotations()) {
      if (fieldType === "Tx" && texts.has(fieldName)) {
        unknown.delete(fieldName);
        pdf.annotationStorage.setValue(id, { value: texts.get(fieldName) });
      }
    }
  }
  if (unknown.size) {
    fail(`the form has no text field ${[...unknown].join(", ")}`);
  }
}

const require = createRequire(import.meta.url);
const pdfjs = engine === "pdfjs-3"
  ? require("pdfjs-3/legacy/build/pdf.js")
  : await import(`${engine}/legacy/build/pdf.mjs`);
const pdf = await pdfjs.getDocument({
  data: new Uint8Array(readFileSync(source)),
  standardFontDataUrl: fileURLToPath(
    new URL(`node_modules/${engine}/standard_fonts/`, import.meta.url),
  ),
}).promise;
await type(pdf, readOrders());
writeFileSync(target, await pdf.saveDocument());
if (warnings.some((warning) => warning.includes("ignoring annotation data"))) {
  fail("pdf.js left out what it could not save");
}
await pdf.loadingTask.destroy();
