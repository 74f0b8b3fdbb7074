import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Where the page is written: into the package, or where a test compares it from. */
const FOLDER = process.env.PAGE_FOLDER ?? "../../nodechain/page";
const BASE =
  /\/web\/app\/(src\/(api|text\/(?!local_time|mwh|word_parts)|data\/(?!duty|search|block_events|book|bill|sharing|scheme_|vote_actions|contract))|src\/trust\/(trust|proven|useChecked)|src\/keys\/(login|vault)|src\/ui\/(parts|states)|node_modules\/(preact|@preact)\/)/;
const ALGORITHM = "sha384";
const WORKER = "sw.js";
/** Where the service worker's source waits for the hashes, in whatever quotes the build leaves it. */
const PLACE = /["'`]__FILES__["'`]/;

const integrityOf = (file: string): string =>
  `${ALGORITHM}-${createHash(ALGORITHM)
    .update(readFileSync(join(FOLDER, file)))
    .digest("base64")}`;

/**
 * After everything is written: `integrity` on what index.html loads, the hashes of all files in the service worker, and
 * manifest.json with the hash of every file, which the node compares.
 */
function hashes(): Plugin {
  return {
    name: "nodechain-hashes",
    apply: "build",
    closeBundle() {
      const page = readFileSync(join(FOLDER, "index.html"), "utf8");
      const marked = page.replace(
        / crossorigin (?:src|href)="\/(assets\/[^"]+)"/g,
        (whole, file: string) => `${whole} integrity="${integrityOf(file)}"`,
      );
      writeFileSync(join(FOLDER, "index.html"), marked);
      const names = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== "manifest.json")
        .map((entry) => join(entry.parentPath, entry.name).slice(join(FOLDER).length + 1))
        .sort();
      const hashed = (list: string[]) => Object.fromEntries(list.map((name) => [name, integrityOf(name)]));
      const worker = readFileSync(join(FOLDER, WORKER), "utf8");
      const known = JSON.stringify(JSON.stringify(hashed(names.filter((name) => name !== WORKER))));
      if (worker.split(PLACE).length !== 2)
        throw new Error("the service worker has one place for the hashes");
      writeFileSync(
        join(FOLDER, WORKER),
        worker.replace(PLACE, () => known),
      );
      const files = hashed(names);
      writeFileSync(join(FOLDER, "manifest.json"), `${JSON.stringify({ files }, null, 1)}\n`);
    },
  };
}

export default defineConfig({
  plugins: [hashes()],
  // Links are not followed: where the packages really lie must not change a byte of what is built.
  resolve: {
    preserveSymlinks: true,
    alias: { "@nodechain/client": fileURLToPath(new URL("../client", import.meta.url)) },
  },
  build: {
    outDir: FOLDER,
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: "index.html", worker: "src/worker.ts" },
      output: {
        // What every screen needs is one file: it is smaller as a whole than in parts.
        codeSplitting: { groups: [{ name: "base", test: BASE }] },
        entryFileNames: ({ name }) => (name === "worker" ? WORKER : "assets/[name]-[hash].js"),
      },
    },
  },
  test: { include: ["test/**/*.test.ts"], env: { TZ: "UTC" } },
});
