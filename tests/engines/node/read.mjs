// Prints the values of a form's fields as JSON, as Firefox shows them.
//
//   node read.mjs pdfjs-newest IN.pdf

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import "./globals.cjs";

const [engine, source] = process.argv.slice(2);

console.warn = console.log = () => {};

const pdfjs = await import(`${engine}/legacy/build/pdf.mjs`);
const pdf = await pdfjs.getDocument({
  data: new Uint8Array(readFileSync(source)),
  standardFontDataUrl: fileURLToPath(
    new URL(`node_modules/${engine}/standard_fonts/`, import.meta.url),
  ),
}).promise;
const values = {};
for (let number = 1; number <= pdf.numPages; number++) {
  const page = await pdf.getPage(number);
  for (const { fieldName, fieldValue, subtype } of await page.getAnnotations()) {
    if (subtype === "Widget") {
      values[fieldName] = fieldValue;
    }
  }
}
process.stdout.write(JSON.stringify(values));
await pdf.loadingTask.destroy();
