"""Golden vectors of memos, for signers in other languages: keys, filled-up texts, sealed memos, and what is refused.

`python -m tests.makers.make_memo_vectors` writes `tests/vectors/memos.json` anew.
`tests/ledger/memos/test_memo_vectors.py` compares; `tests/web/test_client_memos.py` asks the JavaScript client to seal
and to open the same.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from harness.chain import secret
from ledger.keys.address import format_address
from ledger.memos.padding import SIZES, padded
from ledger.memos.payloads import SealedMemo
from ledger.memos.sealing import memo_public_key, memo_secret, seal
from tests.support.world import address_named, wide_genesis

FILE: Final = Path(__file__).resolve().parents[1] / "vectors" / "memos.json"
GENESIS_HASH: Final = wide_genesis().hash
TEXTS: Final = {
    "short": "Miete März",
    "fills the smallest": "x" * (SIZES[0] - 1),
    "one more": "x" * SIZES[0],
    "ends in the byte that fills up": "\u0100",
    "with a mark of byte order": "\ufeffµ",
    "two lines": "12 kWh \U0001f50c\nDanke",
    "longest": "é" * 511 + "x",
}
UNFILLED: Final = (
    bytes(64), b"x" * 64, b"x\x80" + bytes(254), b"\xff\x80" + bytes(62), b"x\x80\x01" + bytes(61), b"",
)  # fmt: skip


def memo(text: str, salt: bytes) -> SealedMemo:
    """A's for B."""
    return seal(
        text, genesis_hash=GENESIS_HASH, sender=address_named("A"), secret=memo_secret(secret("A").secret_bytes),
        reader=address_named("B"), reader_key=memo_public_key(memo_secret(secret("B").secret_bytes)), salt=salt,
    )  # fmt: skip


def _fields(found: SealedMemo) -> dict[str, str]:
    return {
        "reader": format_address(found.reader), "reader_key": found.reader_key.hex(),
        "sender_key": found.sender_key.hex(), "salt": found.salt.hex(), "sealed": found.sealed.hex(),
    }  # fmt: skip


def _refused() -> list[dict[str, Any]]:
    good = memo("for B", hashlib.sha256(b"refused").digest())
    weak, high = bytes(32), b"\xff" * 32
    wrong = {
        "changed": (replace(good, sealed=bytes((good.sealed[0] ^ 1,)) + good.sealed[1:]), "bad_memo"),
        "cut off": (replace(good, sealed=good.sealed[:-1]), "bad_memo"),
        "no tag": (replace(good, sealed=b""), "bad_memo"),
        "another reader": (replace(good, reader=address_named("X")), "bad_memo"),
        "another salt": (replace(good, salt=bytes(32)), "bad_memo"),
        "weak key": (replace(good, sender_key=weak), "weak_memo_key"),
        "a key above the field": (replace(good, sender_key=high), "bad_memo"),
        "for others": (replace(good, reader_key=good.sender_key), "memo_not_yours"),
    }
    return [{"name": name, "memo": _fields(made), "code": code} for name, (made, code) in wrong.items()]


def vectors() -> dict[str, Any]:
    """All of them."""
    names = ("A", "B")
    return {
        "genesis_hash": GENESIS_HASH.hex(),
        "keys": {
            name: {
                "address": format_address(address_named(name)),
                "account_secret": secret(name).secret_bytes.hex(),
                "memo_secret": memo_secret(secret(name).secret_bytes).hex(),
                "memo_key": memo_public_key(memo_secret(secret(name).secret_bytes)).hex(),
            }
            for name in names
        },
        "memos": [
            {
                "name": name, "text": text, "filled": padded(text).hex(),
                "memo": _fields(memo(text, hashlib.sha256(name.encode()).digest())),
            }
            for name, text in TEXTS.items()
        ],
        "refused": _refused(),
        "unfilled": [data.hex() for data in UNFILLED],
    }  # fmt: skip


def text() -> str:
    """The file's."""
    return json.dumps(vectors(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
