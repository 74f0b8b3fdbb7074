"""Forgery: changed proof files and headers are refused, or show nothing but what is true; all else is a finding.

Bytes are changed anywhere (most of that does not decode), and, as a forger would, single values of the decoded
structure: a number, a hash, a signature, a claim put in the place of another.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from fuzz.target import Target
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import HEADER
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import encode
from ledger.light.claims import ProvenState, Shown
from ledger.light.headers import LIGHT_BLOCK, SET_MEMBERS, Trusted, TrustTerms, follow, set_of
from ledger.light.proof_file import PROOF_FILE, check_proof

VECTORS = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "light.json"


class Forged(Exception):
    """Something was accepted that is not so."""


def trusted(vector: dict[str, str]) -> Trusted:
    """A header that is trusted, with its next set."""
    header = HEADER.decode(bytes.fromhex(vector["header"]))
    return Trusted(header, header.hash(), set_of(SET_MEMBERS.decode(bytes.fromhex(vector["members"]))))


def light_targets() -> dict[str, Target]:
    """By name, as `fuzz.decoders.targets`."""
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    proofs = vectors["proofs"]
    files = tuple(bytes.fromhex(entry["file"]) for entry in proofs["files"] if entry["code"] == "")
    check = _file_check(proofs, files[0])
    steps = [step for step in vectors["steps"] if step["code"] == ""]
    follows = _step_check(steps)
    return {
        "proof file": Target(check, files[:2]),
        "proof file, forged": Target(lambda data: check(forged(files[0], data)), (b"",)),
        "light block": Target(follows, tuple(bytes.fromhex(step["offered"]) for step in steps)),
        "light block, forged": Target(
            lambda data: follows(forged(bytes.fromhex(steps[len(data) % len(steps)]["offered"]), data)), (b"",)
        ),
    }


def _chain(vector: dict[str, Any]) -> ChainIdentity:
    return ChainIdentity(vector["chain_id"], bytes.fromhex(vector["genesis_hash"]))


def _file_check(proofs: dict[str, Any], good: bytes) -> Callable[[bytes], None]:
    terms = TrustTerms(_chain(proofs), ConsensusMode(proofs["mode"]))
    anchor, now_ms = trusted(proofs["anchor"]), proofs["now_ms"]
    true = check_proof(terms, anchor, PROOF_FILE.decode(good), now_ms)

    present = {shown.full_key for shown in true.shown if isinstance(shown, ProvenState) and shown.value is not None}

    def absent(shown: Shown) -> bool:
        """Another key that the state really does not have: its neighbours are the same."""
        return isinstance(shown, ProvenState) and shown.value is None and shown.full_key not in present

    def check(data: bytes) -> None:
        proven = check_proof(terms, anchor, PROOF_FILE.decode(data), now_ms)
        headers = {anchor.hash, *(block.header.hash() for block in PROOF_FILE.decode(good).blocks)}
        if proven.head.hash not in headers or not all(shown in true.shown or absent(shown) for shown in proven.shown):
            raise Forged(data.hex())

    return check


def _step_check(steps: list[dict[str, Any]]) -> Callable[[bytes], None]:
    known = {bytes.fromhex(step["hash"]) for step in steps}
    terms = TrustTerms(_chain(steps[0]), ConsensusMode(steps[0]["mode"]))
    anchors = sorted((trusted(step["trusted"]) for step in steps), key=lambda anchor: -anchor.header.height)
    now_ms = steps[0]["now_ms"]

    def check(data: bytes) -> None:
        block = LIGHT_BLOCK.decode(data)
        for anchor in anchors:
            if anchor.header.height < block.header.height:
                if follow(terms, anchor, block, now_ms).hash not in known:
                    raise Forged(data.hex())
                return

    return check


def forged(good: bytes, seed: bytes) -> bytes:
    """The same structure with a few of its values replaced, as the seed says; with an empty one none."""
    if not seed:
        return good
    draw = random.Random(sha256(seed).digest())
    value = msgspec.msgpack.decode(good)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        places = list(_places(value))
        holder, index = draw.choice(places)
        others = [other[place] for other, place in places if type(other[place]) is type(holder[index])]
        holder[index] = draw.choice((_bent(holder[index], draw), deepcopy(draw.choice(others))))
    return encode(value)


def _places(value: list[Any]) -> Iterator[tuple[list[Any], int]]:
    for index, item in enumerate(value):
        yield value, index
        if isinstance(item, list):
            yield from _places(item)


def _bent(value: Any, draw: random.Random) -> Any:
    if isinstance(value, int):
        return draw.choice((value + 1, max(value - 1, 0), 0, 2**63 - 1, value ^ 1))
    if isinstance(value, bytes) and value:
        bent = bytearray(value)
        bent[draw.randrange(len(bent))] ^= 1 << draw.randrange(8)
        return bytes(bent)
    if isinstance(value, list):
        return draw.choice((value[:-1], value[1:], value * 2, value[::-1]))
    return value
