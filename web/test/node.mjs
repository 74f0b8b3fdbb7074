// `node web/test/node.mjs VECTORS [TWEETNACL]`: all answers as JSON.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

import { answers } from "./vectors.js";

const [vectors, tweetnacl] = process.argv.slice(2);
const nacl = tweetnacl ? (await import(pathToFileURL(tweetnacl))).default : null;
console.log(JSON.stringify(await answers(JSON.parse(await readFile(vectors, "utf8")), nacl)));
