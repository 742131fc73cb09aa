// Bundles app.js with the clients' code into one file, and collects the licences
// of what is in it. The same sources and lock file give the same bytes.
// Usage: node build.mjs [--packages FOLDER] [--out FOLDER]
//   --packages  where package.json's packages are installed; this folder
//   --out       where the result goes; ../dist
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: args } = parseArgs({
  options: { packages: { type: "string", default: here }, out: { type: "string", default: join(here, "../dist") } },
});
const packages = resolve(args.packages, "node_modules");
const { build } = createRequire(join(packages, "_"))("esbuild");

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["app.js"],
  // examples/js may have packages of its own; those of this lock file count.
  alias: { "socket.io-client": join(packages, "socket.io-client") },
  bundle: true,
  format: "iife",
  platform: "browser",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  banner: { js: "// Licences of what is bundled here: app.js.LICENSES.txt" },
  metafile: true,
  write: false,
});

// A bundled file's package: the folder after the last node_modules, and one more if that is a scope.
function packageOf(input) {
  const steps = relative(packages, resolve(here, input)).split(sep);
  if (steps[0] === "..") return null; // the project's own
  const at = steps.lastIndexOf("node_modules") + 1;
  return steps.slice(0, at + (steps[at].startsWith("@") ? 2 : 1)).join(sep);
}

function licence(name) {
  const folder = join(packages, name);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
  if (!file) throw new Error(`${about.name} has no licence file`);
  const text = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
  return `${about.name} ${about.version} (${about.license})\n\n${text}\n`;
}

const bundled = [...new Set(Object.keys(metafile.inputs).map(packageOf))].filter(Boolean).sort();
const line = `\n${"-".repeat(72)}\n\n`;
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "app.js"), outputFiles[0].contents);
writeFileSync(join(args.out, "app.js.LICENSES.txt"), bundled.map(licence).join(line));
