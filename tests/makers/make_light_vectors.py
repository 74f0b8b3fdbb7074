"""Golden vectors of light clients and proof files: `python -m tests.makers.make_light_vectors` writes them anew.

Each says what is offered and what a verifier must answer. `tests/ledger/test_light_vectors.py` checks them in Python,
`tests/web/` in Node and in Chromium.
"""

from __future__ import annotations

import json
import random
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from harness.chain import secret
from harness.light_chain import NAMES, LightChain, fresh_head
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from ledger.keys.crypto import verify_ed25519
from ledger.light.claims import ProvenEvent, ProvenReceipt, ProvenState, ProvenTransaction, Shown
from ledger.light.freshness import LONGEST_SILENCE_MS, FreshHead, fresh_as_of
from ledger.light.headers import LightBlock, Trusted, TrustTerms, follow, members_of, require_fresh
from ledger.light.proof_file import PROOF_FILE, check_proof, sign_proof
from tests.ledger.test_light_headers import FORGERIES, long_chain, old_and_stolen, upgraded
from tests.ledger.test_light_proofs import FORGERIES as FALSE_FILES
from tests.support.proof_chain import everything

VECTORS: Final = Path(__file__).parents[1] / "vectors" / "light.json"
MUTATIONS: Final = 60


def trusted_json(trusted: Trusted) -> dict[str, str]:
    """A trusted header with the set that decides after it."""
    return {"header": encode(trusted.header).hex(), "members": encode(members_of(trusted.validators)).hex()}


def terms_json(terms: TrustTerms) -> dict[str, Any]:
    """Which chain, and how its blocks are decided."""
    return {"chain_id": terms.chain.id, "genesis_hash": terms.chain.genesis_hash.hex(), "mode": int(terms.mode)}


def step(name: str, terms: TrustTerms, trusted: Trusted, offered: LightBlock, now_ms: int) -> dict[str, Any]:
    """One header offered, and the answer: a hash or a code."""
    try:
        answer = {"hash": follow(terms, trusted, offered, now_ms).hash.hex(), "code": ""}
    except InvalidInput as error:
        answer = {"hash": "", "code": error.code}
    return {
        "name": name, **terms_json(terms), "now_ms": now_ms,
        "trusted": trusted_json(trusted), "offered": encode(offered).hex(), **answer,
    }  # fmt: skip


def steps() -> list[dict[str, Any]]:
    """Headers that follow, and every forgery of the tests."""
    chain = long_chain()
    made = [
        step(f"from {first} to {last}", chain.terms, chain.trusted(first), chain.blocks[last], chain.now_ms)
        for first, last in ((0, 1), (4, 5), (5, 6), (0, 4), (0, 8), (0, 12), (8, 14))
    ]
    bare = replace(chain.blocks[6], members=())
    made.append(step("known members left out", chain.terms, chain.trusted(5), bare, chain.now_ms))
    chain = LightChain()
    chain.grow(9)
    made.append(step("over an upgrade", chain.terms, *upgraded(chain), chain.now_ms))
    for _rule, _code, forgery in FORGERIES:
        chain = LightChain()
        chain.grow(9)
        trusted, block = forgery(chain)
        now_ms = block.header.time_ms if forgery is old_and_stolen else chain.now_ms
        made.append(step(forgery.__name__, chain.terms, trusted, block, now_ms))
    return made


def shown_json(shown: Shown) -> dict[str, Any]:
    """What a claim shows."""
    match shown:
        case ProvenState(height, key, value):
            return {
                "kind": "state",
                "height": height,
                "key": key.hex(),
                "value": None if value is None else value.hex(),
            }
        case ProvenTransaction(height, position, raw):
            return {"kind": "transaction", "height": height, "position": position, "bytes": raw.hex()}
        case ProvenReceipt(height, position, raw):
            return {"kind": "receipt", "height": height, "position": position, "bytes": raw.hex()}
        case ProvenEvent(height, position, place, raw):
            return {"kind": "event", "height": height, "position": position, "place": place, "bytes": raw.hex()}


CHAIN, FILE = everything()


def proof(name: str, data: bytes) -> dict[str, Any]:
    """A file, and the answer: what it shows, or a code."""
    answer: dict[str, Any]
    try:
        proven = check_proof(CHAIN.terms, CHAIN.anchor, PROOF_FILE.decode(data), CHAIN.now_ms)
        answer = {"code": "", "head": proven.head.hash.hex(), "shown": [shown_json(each) for each in proven.shown]}
    except InvalidInput as error:
        answer = {"code": error.code, "head": "", "shown": []}
    return {"name": name, "file": data.hex(), **answer}


def mutated(number: int) -> bytes:
    """The file with a few bytes changed, cut out, doubled or put elsewhere."""
    draw, data = random.Random(number), bytearray(encode(FILE))
    for _ in range(draw.choice((1, 1, 1, 2, 5))):
        place = draw.randrange(len(data))
        match draw.randrange(4):
            case 0:
                data[place] ^= 1 << draw.randrange(8)
            case 1:
                data[place] = draw.randrange(256)
            case 2:
                del data[place : place + draw.randrange(1, 40)]
            case _:
                data[place:place] = data[draw.randrange(len(data)) :][: draw.randrange(1, 40)]
    return bytes(data)


def proofs() -> list[dict[str, Any]]:
    """The file, signed by both kinds of keys, false ones, and damaged ones."""
    made = [
        proof("everything", encode(FILE)),
        proof("signed", encode(sign_proof(FILE, secret("A"), CHAIN.genesis.hash))),
    ]
    made += [proof(f"{rule} {number}", encode(forged())) for number, (rule, _, _, forged) in enumerate(FALSE_FILES)]
    return made + [proof(f"mutated {number}", mutated(number)) for number in range(MUTATIONS)]


def fresh(name: str, chain: LightChain, shown: FreshHead, now_ms: int, longest_ms: int) -> dict[str, Any]:
    """What some validators said of a head, and since when it is known to be the newest, or a code (H10, H12)."""
    trusted = chain.trusted(chain.head.height)
    try:
        as_of_ms = fresh_as_of(chain.terms, trusted, shown)
        require_fresh(as_of_ms, now_ms, longest_ms)
        answer: dict[str, Any] = {"as_of_ms": as_of_ms, "code": ""}
    except InvalidInput as error:
        answer = {"as_of_ms": 0, "code": error.code}
    return {
        "name": name, **terms_json(chain.terms), "now_ms": now_ms, "longest_ms": longest_ms,
        "trusted": trusted_json(trusted), "shown": encode(shown).hex(), **answer,
    }  # fmt: skip


def freshness() -> list[dict[str, Any]]:
    """Heads that are fresh, and what is no quorum's word, of another head, not signed, or too old."""
    chain = LightChain()
    chain.grow(2)
    head, parent = chain.head, chain.blocks[-2].header
    late = head.time_ms + 3_600_000
    all_say = fresh_head(head, chain.names, dict.fromkeys(NAMES, late))
    first, second, *rest = all_say.statements
    shown = {
        "all say so": all_say,
        "three of four, the third counts": fresh_head(
            head, chain.names, {"V": late, "W": late - 7_000, "X": late - 9_000}
        ),
        "a liar among four": fresh_head(head, chain.names, {"V": late, "W": late, "X": late, "Y": 2**62}),
        "before the head's own time": fresh_head(head, chain.names, dict.fromkeys(NAMES, 1_000)),
        "two of four": fresh_head(head, chain.names, {"V": late, "W": late}),
        "nobody": FreshHead(head.height, head.hash(), ()),
        "another head": fresh_head(parent, chain.names, dict.fromkeys(NAMES, late)),
        "signed by another": replace(all_say, statements=(replace(first, signature=second.signature), second, *rest)),
        "another time": replace(all_say, statements=(replace(first, time_ms=late + 1), second, *rest)),
        "not rising": replace(all_say, statements=(second, first, *rest)),
        "one twice": replace(all_say, statements=(first, first, second, *rest)),
        "no such validator": replace(all_say, statements=(*all_say.statements, replace(first, validator=4))),
    }
    made = [fresh(name, chain, each, late + 30_000, LONGEST_SILENCE_MS) for name, each in shown.items()]
    return made + [
        fresh(f"{age_ms} ms ago", chain, all_say, late + age_ms, LONGEST_SILENCE_MS)
        for age_ms in (LONGEST_SILENCE_MS, LONGEST_SILENCE_MS + 1)
    ]


def edge_cases() -> list[dict[str, Any]]:
    """The published edge cases of Ed25519, and what libsodium says of each."""
    cases = json.loads(files("ledger").joinpath("data").joinpath("ed25519_speccheck.json").read_text())
    return [
        {**case, "valid": verify_ed25519(*(bytes.fromhex(case[name]) for name in ("pub_key", "message", "signature")))}
        for case in cases
    ]


def make() -> dict[str, Any]:
    """All vectors."""
    terms = CHAIN.terms
    return {
        "rules": "docs/proofs.md",
        "steps": steps(),
        "freshness": freshness(),
        "proofs": {
            **terms_json(terms), "now_ms": CHAIN.now_ms,
            "anchor": trusted_json(CHAIN.anchor), "files": proofs(),
        },
        "ed25519": edge_cases(),
    }  # fmt: skip


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(make(), indent=1) + "\n")
