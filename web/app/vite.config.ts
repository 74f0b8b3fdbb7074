import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Where the page is written: into the package, or where a test compares it from. */
const FOLDER = process.env.PAGE_FOLDER ?? "../../nodechain/page";
const ALGORITHM = "sha384";

const integrityOf = (file: string): string =>
  `${ALGORITHM}-${createHash(ALGORITHM)
    .update(readFileSync(join(FOLDER, file)))
    .digest("base64")}`;

/**
 * After everything is written: `integrity` on what index.html loads, and manifest.json with the hash of every file,
 * which the service worker goes by.
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
      const files = Object.fromEntries(names.map((name) => [name, integrityOf(name)]));
      writeFileSync(join(FOLDER, "manifest.json"), `${JSON.stringify({ files }, null, 1)}\n`);
    },
  };
}

export default defineConfig({
  plugins: [hashes()],
  build: {
    outDir: FOLDER,
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  test: { include: ["test/**/*.test.ts"], env: { TZ: "UTC" } },
});
