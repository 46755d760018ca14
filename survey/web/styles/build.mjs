// Builds the styles and the script into ../static/build, each file under a name that changes with its content.
// Refuses to build anything that carries the marks of government: crown, crest, typeface, or addresses of their files.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../..");
const modules = join(root, "node_modules");
const out = join(here, "../static/build");
const banned = [/\/assets\//i, /GDS Transport/i, /crown/i, /crest/i, /gov\.uk/i, /url\(\s*["']?https?:/i, /@font-face/i];

const digest = (text) => createHash("sha256").update(text).digest("hex").slice(0, 12);

function refuseMarks(name, text) {
  for (const mark of banned) {
    const found = text.match(mark);
    if (found) throw new Error(`${name} carries ${found[0]}: leave out the component that brings it`);
  }
}

function styles() {
  const css = sass.compile(join(here, "app.scss"), { style: "compressed", loadPaths: [modules], quietDeps: true }).css;
  refuseMarks("app.css", css);
  return css;
}

// The script's modules are followed from import to import and written side by side, so that no bundler is needed.
function script() {
  const files = new Map();
  const visit = (path) => {
    if (files.has(path)) return;
    files.set(path, "");
    const text = readFileSync(path, "utf8").replace(/^\s*\/\/# sourceMappingURL=.*$/gm, "");
    files.set(path, text.replace(/^(import\b[^;\n]*?from\s*["'])([^"']+)(["'])/gm, (_, before, target, after) => {
      const full = target.startsWith(".") ? resolve(dirname(path), target) : join(modules, target);
      if (!existsSync(full)) throw new Error(`${path} imports ${target}, which is not there`);
      visit(full);
      return `${before}${flat(full)}${after}`;
    }));
  };
  const flat = (full) => `./${relative(modules, full).replace(/^.*dist[/\\]govuk[/\\]/, "").replace(/[/\\]/g, "-")}`;
  visit(join(here, "app.mjs"));
  const written = new Map();
  for (const [path, text] of files) {
    const name = path === join(here, "app.mjs") ? "app.mjs" : flat(path).slice(2);
    written.set(name, text);
  }
  return written;
}

mkdirSync(out, { recursive: true });
const manifest = {};
const css = styles();
manifest["app.css"] = `app.${digest(css)}.css`;
writeFileSync(join(out, manifest["app.css"]), css);
const parts = script();
const folder = `script.${digest([...parts].flat().join("\n"))}`;
mkdirSync(join(out, folder), { recursive: true });
for (const [name, text] of parts) writeFileSync(join(out, folder, name), text);
manifest["app.mjs"] = `${folder}/app.mjs`;
for (const name of readdirSync(here).filter((file) => file.endsWith(".svg"))) {
  const text = readFileSync(join(here, name), "utf8");
  manifest[name] = name.replace(/\.svg$/, `.${digest(text)}.svg`);
  writeFileSync(join(out, manifest[name]), text);
}
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

// A server that is still running was told the names of the build before: files of the last day stay.
const current = new Set([...Object.values(manifest).map((name) => name.split("/")[0]), "manifest.json"]);
for (const name of readdirSync(out)) {
  const path = join(out, name);
  if (!current.has(name) && Date.now() - statSync(path).mtimeMs > 86_400_000) rmSync(path, { recursive: true });
}
