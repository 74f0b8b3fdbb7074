// `node --experimental-websocket web/test/node_client.mjs URL KEYFILE PASSWORD RECIPIENT`: what the client does with a
// real node, as one JSON object; tests/web/test_client_node.py looks at it.

import { readFile } from "node:fs/promises";

import { addressOf, formatAddress, fromHex, multisigKey, Node, p256Key, openKeyfile, parseAmount, readKeyfile, signTransaction, toHex } from "../client/index.js";

const [url, file, password, recipient] = process.argv.slice(2);
const node = new Node(url);
const key = await openKeyfile(readKeyfile(await readFile(file, "utf8")), password);
const sender = formatAddress(await addressOf(key.publicKey));

const genesis = fromHex((await node.get("/v1/status")).genesis_hash);
const otherChain = await codeOf(() => node.login(key, { genesisHash: new Uint8Array(32) }));
const login = await node.login(key, { genesisHash: genesis });
const owners = multisigKey(1, [key.publicKey, (await p256Key(new Uint8Array(32).fill(1))).publicKey]);
const shared = await new Node(url).login(key, { senderKey: owners });
const strange = await codeOf(() => new Node(url, { token: "a token of nobody" }).events({ from: 1 }).next());

async function transfer(amount) {
  const status = await node.get("/v1/status");
  const { next_nonce: nonce } = await node.get("/v1/accounts/{address}", { address: sender });
  const payload = { asset: 2, recipient, amount: parseAmount(amount) };
  const terms = { chainId: status.chain_id, type: "transfer", senderKey: key.publicKey, nonce, payload, validUntilHeight: status.height + 100 };
  return signTransaction(terms, fromHex(status.genesis_hash), key);
}

async function codeOf(work) {
  try {
    await work();
    return "";
  } catch (error) {
    return { code: error.code, status: error.status ?? null, advice: error.advice };
  }
}

// Each connection breaks off, one message later than the one before: what comes must be the same as without.
class Breaking extends WebSocket {
  static most = 0;

  constructor(address) {
    super(address);
    let left = ++Breaking.most;
    this.addEventListener("message", () => { if (--left === 0) this.close(); });
  }
}

async function eventsUntil(last, options) {
  const found = [];
  for await (const message of node.events({ from: 1, pauseMs: 1, attempts: 100, ...options })) {
    if (!message.end) found.push([message.height, message.receipt, message.place, message.event.kind]);
    else if (message.height >= last) return found;
  }
  throw new Error("the stream ended");
}

const before = await node.get("/v1/accounts/{address}", { address: recipient });
const first = await transfer("1.25");
const sent = await node.sendAndConfirm(first.raw);
const again = await node.send(first.raw);
await node.sendAndConfirm((await transfer("0.000000001")).raw);
const tooMuch = await transfer("9000000000");
const refused = await codeOf(() => node.sendAndConfirm(tooMuch.raw));
const { height } = await node.get("/v1/status");
const after = await node.get("/v1/accounts/{address}", { address: recipient });
const balance = (account) => String(account.balances.find(({ asset }) => asset === "EEURO")?.available.base ?? 0n);

const pages = [];
for await (const page of node.pages("/v1/accounts/{address}/statement", { address: sender, limit: 1 })) pages.push(page.movements.map(({ transaction_id: id }) => id));

const aborted = new AbortController();
const live = node.events({ signal: aborted.signal, from: height + 1, kinds: ["transferred"], address: recipient });
const waited = live.next();
await node.sendAndConfirm((await transfer("2")).raw);
let message = (await waited).value;
while (message.end) message = (await live.next()).value;
aborted.abort();

console.log(JSON.stringify({
  id: toHex(first.id), sent: { id: sent.id, code: sent.code }, again: again.status, refused, gained: String(BigInt(balance(after)) - BigInt(balance(before))),
  pages, whole: await eventsUntil(height), broken: await eventsUntil(height, { WebSocket: Breaking }), live: message.event.kind,
  ended: (await live.next()).done ?? null,
  login: [login.address === sender, shared.address === formatAddress(await addressOf(owners)), otherChain.code], strange,
  connections: Breaking.most,
  problem: await codeOf(() => node.get("/v1/units/{address}", { address: "xx" })),
  nobody: await codeOf(() => new Node("http://127.0.0.1:9").get("/v1/status")),
  noEvents: await codeOf(() => new Node(url).events({ from: height + 1_000, attempts: 2, pauseMs: 1 }).next()),
}));
