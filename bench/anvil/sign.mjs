// node sign.mjs COUNT ACCOUNTS: signed transfers of 1 wei as JSON {addresses, transactions}, each account's nonces in order.
import { createHash } from "node:crypto";
import { addr, Transaction } from "micro-eth-signer";

const [count, accounts] = process.argv.slice(2).map(Number);
const keys = Array.from({ length: accounts }, (_, n) => createHash("sha256").update(`account ${n}`).digest("hex"));
const addresses = keys.map((key) => addr.fromPrivateKey(key));
const transactions = Array.from({ length: count }, (_, n) =>
  Transaction.prepare({
    to: addresses[(n + 1) % accounts],
    value: 1n,
    nonce: BigInt(Math.floor(n / accounts)),
    gasLimit: 21000n,
    maxFeePerGas: 2000000000n,
    maxPriorityFeePerGas: 0n,
    chainId: 31337n,
  })
    .signBy(keys[n % accounts], false)
    .toHex(),
);
process.stdout.write(JSON.stringify({ addresses, transactions }));
