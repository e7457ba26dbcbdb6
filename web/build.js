// Bundles the editor into the package: `make editor`. What it was made from is named in its first
// line, so that a test without node can tell when the bundle is older than its sources.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const OUT = "../src/signoff/server/pages/static/";
const sources = readdirSync(".").filter((name) => /\.js$|^package(-lock)?\.json$/.test(name)).sort();
const hash = createHash("sha256");
for (const name of sources) hash.update(name + "\0" + readFileSync(name, "utf-8") + "\0");

const made = await build({
  entryPoints: ["editor.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
});
const banner = `/* Signoff's editor with CodeMirror; licences: editor.licences.txt. Made by \`make editor\` from web/ ${hash.digest("hex")} */\n`;
const code = banner + made.outputFiles[0].text;
writeFileSync(OUT + "editor.js", code);

const packages = new Set();
for (const path of Object.keys(made.metafile.inputs)) {
  const found = path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}
const licences = [...packages].sort().map((name) => {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf-8"));
  const file = `node_modules/${name}/LICENSE`;
  if (!existsSync(file)) throw new Error(`${name} has no licence text`);
  return `${name} ${version} (${license})\n\n${readFileSync(file, "utf-8").trim()}\n`;
});
writeFileSync(OUT + "editor.licences.txt", licences.join(`\n${"-".repeat(80)}\n\n`));
console.log(`${packages.size} packages, ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} compressed`);
