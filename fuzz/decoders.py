"""Hostile input for everything that reads bytes or text from strangers: `python -m fuzz.decoders [--seconds 60]`.

Each target takes random input and mutations of good input (the golden vectors), and goes on with what decodes: verify
the signature, check the certificate, carry out the genesis. Nothing but the ledger's refusals (`InvalidInput`,
`InclusionError`), a device's (`BadData`) or a file's (`BadFile`) may come out. A finding ends the run with its
traceback, the input and the seed. The same seed and number of inputs give the same run;
`tests/ledger/test_fuzz_decoders.py` is a short one.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fuzz.billing_targets import billing_targets
from fuzz.consensus_targets import consensus_targets
from fuzz.device_targets import device_targets
from fuzz.format_targets import format_targets
from fuzz.light_targets import light_targets
from fuzz.target import Target
from ledger.chain.certificate import check_certificate
from ledger.chain.genesis import GENESIS, ConsensusMode
from ledger.chain.header import CERTIFICATE, HEADER
from ledger.chain.origin import first_state
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet
from ledger.encoding import bech32m
from ledger.encoding.amounts import parse_amount, parse_duration_ms, parse_energy, parse_share
from ledger.encoding.codec import Codec, encode
from ledger.keys.address import check_sender_key, format_key, parse_address, parse_key
from ledger.keys.crypto import Ed25519SecretKey, check_public_key, verify
from ledger.keys.derivation import parse_path
from ledger.keys.keyfile import KeyKind, read_keyfile, seal_key, write_keyfile
from ledger.keys.mnemonic import entropy_of, mnemonic_of
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.memos.padding import text_of
from ledger.memos.payloads import SealedMemo
from ledger.memos.sealing import open_memo
from ledger.state.merkle import LIST_PROOF, prove_item, verify_item
from ledger.state.proofs import STATE_PROOF, verify_state_proof
from nodechain.modules import REGISTRY

VECTORS = Path(__file__).resolve().parents[1] / "tests" / "vectors"
_MEMO: Codec[SealedMemo] = Codec(SealedMemo, MAX_TRANSACTION_BYTES)
LONGEST = 3_000
"""Random input grows to this; the limits themselves have tests of their own."""

TOKENS = tuple(
    bytes.fromhex(token)
    for token in """00 7f 80 90 91 9f a0 c0 c1 c2 c400 c6ffffffff ca00000000 cb7ff8000000000000 cc00 cfffffffffffffffff
    d080 d38000000000000000 d901ff dcffff ddffffffff de0001 ff d7ff0000000000000000""".split()
)
"""Openings and whole tokens of MessagePack: each type, sizes that lie, NaN, an extension."""
CHARACTERS = "0123456789.,-+_eE abcqpzxnrgNRG1/'\n\t\u0660\uff11\u00e9\u200b\U0001f600\x00%kWhms"


def _transaction(data: bytes) -> None:
    transaction = REGISTRY.decode(data)
    transaction.verify_signatures(bytes(32))
    check_sender_key(transaction.envelope.sender_key)


def _genesis(data: bytes) -> None:
    first_state(REGISTRY, GENESIS.decode(data))


def _certificate(good: bytes) -> Callable[[bytes], None]:
    keys = [bytes((number,)) * 32 for number in range(1, 5)]
    validators = ValidatorSet(tuple(ValidatorInfo(key[:20], key, 1, key[:20], "v") for key in keys))
    original = CERTIFICATE.decode(good)

    def decode(data: bytes) -> None:
        found = CERTIFICATE.decode(data)
        check_certificate(found, bytes(32), ConsensusMode.PBFT, validators, found.height, original.block_hash)

    return decode


def _state_proof(data: bytes) -> None:
    proof = STATE_PROOF.decode(data)
    verify_state_proof(bytes(32), b"\x01key", proof)


def _list_proof(data: bytes) -> None:
    verify_item(bytes(32), b"item", LIST_PROOF.decode(data))


def _signature(data: bytes) -> None:
    verify(data[:34], data[98:], data[34:98])
    check_public_key(data[:33])


def _text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: parse(data.decode("utf-8", "replace"))


def _memo(genesis_hash: bytes, keys: dict[str, dict[str, str]]) -> Callable[[bytes], None]:
    """A's for B, as B opens it."""
    sender, secret = parse_address(keys["A"]["address"]), bytes.fromhex(keys["B"]["memo_secret"])

    def decode(data: bytes) -> None:
        open_memo(_MEMO.decode(data), genesis_hash=genesis_hash, sender=sender, secret=secret)

    return decode


def _sealed(fields: dict[str, str]) -> bytes:
    names = ("reader_key", "sender_key", "salt", "sealed")
    return encode(SealedMemo(parse_address(fields["reader"]), *(bytes.fromhex(fields[name]) for name in names)))


def _key_file() -> bytes:
    key = Ed25519SecretKey(bytes(32))
    return write_keyfile(
        seal_key(
            key, "password", salt=bytes(32), iv=bytes(16), uuid=bytes(16), kind=KeyKind.METER, name="meter", path=""
        )
    )


def targets() -> dict[str, Target]:
    """Every decoder by name."""
    vectors = json.loads((VECTORS / "transactions.json").read_text(encoding="utf-8"))
    proofs = json.loads((VECTORS / "state_proofs.json").read_text(encoding="utf-8"))
    transactions = tuple(bytes.fromhex(entry["raw"]) for entry in vectors["transactions"])
    certificate = bytes.fromhex(vectors["certificate"]["bytes"])
    addresses = tuple(entry["address_text"].encode() for entry in vectors["keys"].values())
    keys = tuple(format_key(bytes.fromhex(entry["public_keys"][0])).encode() for entry in vectors["keys"].values())
    found = {
        "transaction": Target(_transaction, transactions),
        "header": Target(HEADER.decode, (bytes.fromhex(vectors["header"]["bytes"]),)),
        "certificate": Target(_certificate(certificate), (certificate,)),
        "receipt": Target(REGISTRY.receipts.decode, tuple(bytes.fromhex(entry) for entry in vectors["receipts"])),
        "genesis": Target(_genesis, (bytes.fromhex(vectors["genesis"]["bytes"]),)),
        "action": Target(REGISTRY.actions.decode, tuple(bytes.fromhex(entry["bytes"]) for entry in vectors["actions"])),
        "state proof": Target(
            _state_proof, tuple(bytes.fromhex(p["proof"]) for state in proofs["states"] for p in state["proofs"])
        ),
        "list proof": Target(_list_proof, (encode(prove_item([bytes((n,)) for n in range(70)], 33)),)),
        "signature": Target(_signature, tuple(raw[-64:] + raw[:100] for raw in transactions)),
        "key file": Target(read_keyfile, (_key_file(),), text=True),
        "address": Target(_text(parse_address), addresses, text=True),
        "public key": Target(_text(parse_key), keys, text=True),
        "bech32m": Target(_text(bech32m.decode), addresses, text=True),
        "amount": Target(_text(parse_amount), (b"1.5", b"0.000000001", b"9223372036.854775807"), text=True),
        "energy": Target(_text(parse_energy), (b"1.5 kWh", b"7 Wh", b"2MWh"), text=True),
        "share": Target(_text(parse_share), (b"5%", b"0.05", b"100 %"), text=True),
        "duration": Target(_text(parse_duration_ms), (b"2h", b"30 days", b"1h30m", b"5 ms"), text=True),
        "path": Target(_text(parse_path), (b"m/44'/1'/0'",), text=True),
        "mnemonic": Target(_text(entropy_of), (mnemonic_of(bytes(range(32))).encode(),), text=True),
    }
    memos = json.loads((VECTORS / "memos.json").read_text(encoding="utf-8"))
    found["memo text"] = Target(text_of, tuple(bytes.fromhex(entry["filled"]) for entry in memos["memos"]))
    found["memo"] = Target(
        _memo(bytes.fromhex(memos["genesis_hash"]), memos["keys"]),
        tuple(_sealed(entry["memo"]) for entry in memos["memos"]),
    )
    for kind in REGISTRY.types.values():
        good = [bytes.fromhex(e["payload"]) for e in vectors["transactions"] if e["type_name"] == kind.name]
        found[f"payload {kind.name}"] = Target(kind.codec.decode, tuple(good))
    return found | consensus_targets() | device_targets() | light_targets() | format_targets() | billing_targets()


class Mutator:
    """Endless input for one target, the same for the same seed."""

    def __init__(self, target: Target, seed: int) -> None:
        self._target = target
        self._chance = random.Random(seed)

    def inputs(self) -> Iterator[bytes]:
        """Mostly good input with one to five mutations, now and then noise."""
        chance = self._chance
        yield from self._target.good
        while True:
            if chance.randrange(16) == 0:
                yield chance.randbytes(chance.randrange(chance.choice((4, 40, LONGEST))))
                continue
            data = bytearray(chance.choice(self._target.good))
            for _ in range(chance.randrange(1, 6)):
                self._mutate(data)
            yield bytes(data[: 4 * LONGEST])

    def _mutate(self, data: bytearray) -> None:
        chance = self._chance
        at = chance.randrange(len(data) + 1)
        stop = min(at + chance.choice((1, 1, 2, 8, 40)), len(data))
        match chance.randrange(8):
            case 0 if data:
                data[at % len(data)] ^= 1 << chance.randrange(8)
            case 1 if data:
                data[at % len(data)] = chance.randrange(256)
            case 2:
                del data[at:stop]
            case 3:
                data[at:at] = self._piece()
            case 4:
                data[at:stop] = self._piece()
            case 5:
                data[at:at] = data[at:stop] * chance.choice((1, 2, 50))
            case 6:
                other = chance.choice(self._target.good)
                cut = chance.randrange(len(other) + 1)
                data[at:] = other[cut:]
            case _:
                del data[at:]

    def _piece(self) -> bytes:
        if self._target.text:
            return "".join(self._chance.choices(CHARACTERS, k=self._chance.choice((1, 1, 3)))).encode()
        return self._chance.choice(TOKENS)


@dataclass
class Outcome:
    """What a run of one target gave."""

    accepted: int = 0
    refused: int = 0

    @property
    def inputs(self) -> int:
        """How many there were."""
        return self.accepted + self.refused


def run(target: Target, seed: int, *, inputs: int, seconds: float = float("inf")) -> Outcome:
    """Feed a target until a number of inputs or a time is reached. What is no refusal comes out as it is raised."""
    outcome, deadline = Outcome(), time.monotonic() + seconds
    for data in Mutator(target, seed).inputs():
        if outcome.inputs >= inputs or (outcome.inputs % 256 == 0 and time.monotonic() > deadline):
            break
        survived = False
        try:
            feed(target, data, outcome)
            survived = True
        finally:
            if not survived:
                print(f"FOUND with seed {seed} after {outcome.inputs} inputs: {data.hex()}")
    return outcome


def feed(target: Target, data: bytes, outcome: Outcome) -> None:
    """One input: accepted or refused."""
    try:
        target.decode(data)
    except target.refusals:
        outcome.refused += 1
    else:
        outcome.accepted += 1


def main() -> None:
    """Run all targets, each for its share of the time."""
    parser = argparse.ArgumentParser(description="feed hostile input to every decoder")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--inputs", type=int, default=10**12, help="at most so many a target")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--target", default=None)
    chosen = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if chosen.seed is None else chosen.seed
    found = {name: target for name, target in targets().items() if chosen.target in (None, name)}
    total = 0
    for name, target in found.items():
        started = time.monotonic()
        outcome = run(target, seed, inputs=chosen.inputs, seconds=chosen.seconds / len(found))
        total += outcome.inputs
        rate = outcome.inputs / max(time.monotonic() - started, 1e-9)
        print(f"{name:26} {outcome.inputs:9,} inputs {rate:9,.0f}/s, {outcome.accepted:8,} accepted")
    print(f"{total:,} inputs at {len(found)} targets, seed {seed}: nothing but refusals")


if __name__ == "__main__":
    main()
