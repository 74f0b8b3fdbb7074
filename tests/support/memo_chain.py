"""A chain with memos: A, B, C and D are members; A and B have 100 of the currency, and keys for memos."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import Transfer
from ledger.chain.header import Receipt
from ledger.chain.section import sections_of
from ledger.deals.genesis import DEALS_SECTION, DealsSection
from ledger.encoding.codec import Value, encode
from ledger.memos.genesis import MEMOS_SECTION, MemosSection
from ledger.memos.limits import MAX_MEMO_BYTES
from ledger.memos.payloads import SealedMemo, SetMemoKey, WithMemo
from ledger.memos.sealing import memo_public_key, memo_secret, open_memo, seal
from nodechain.modules import MODULES, REGISTRY

FUNDS: Final = 100 * ENT
SALT: Final = hashlib.sha256(b"salt").digest()
NUMBERS: Final = {kind.payload: kind.number for kind in REGISTRY.types.values()}


def memo_secret_of(name: str) -> bytes:
    """The secret for memos of a test account."""
    return memo_secret(secret(name).secret_bytes)


def memo_key_of(name: str) -> bytes:
    """The public one."""
    return memo_public_key(memo_secret_of(name))


class MemoChain(ChainFixture):
    """See the module's docstring."""

    def __init__(self, *, longest: int = MAX_MEMO_BYTES, **changes: Any) -> None:
        asked: dict[str, Any] = {
            "balances": tuple(
                sorted(
                    (GenesisBalance(address(name), CURRENCY_ASSET, FUNDS) for name in "AB"),
                    key=lambda entry: entry.address,
                )
            ),
            **changes,
        }
        made = make_genesis(**asked)
        memos = MEMOS_SECTION.holding(MemosSection(longest))
        deals = DEALS_SECTION.holding(DealsSection(0))
        super().__init__(
            genesis=make_genesis(**asked, sections=sections_of(*made.sections, memos, deals)), modules=MODULES
        )
        for name in "AB":
            self.do(name, SetMemoKey(memo_key_of(name)), fee=changes.get("minimum_fee", 0))

    def sealed(self, text: str = "rent", sender: str = "A", reader: str = "B") -> SealedMemo:
        """A text sealed for a reader."""
        return seal(
            text, genesis_hash=self.genesis.hash, sender=address(sender), secret=memo_secret_of(sender),
            reader=address(reader), reader_key=memo_key_of(reader), salt=SALT,
        )  # fmt: skip

    def opened(self, memo: SealedMemo, by: str, sender: str = "A") -> str:
        """Its text, by an account's key."""
        return open_memo(memo, genesis_hash=self.genesis.hash, sender=address(sender), secret=memo_secret_of(by))

    def carried(self, payload: Value, memo: SealedMemo | None = None) -> WithMemo:
        """A payload with a memo beside it."""
        return WithMemo(NUMBERS[type(payload)], encode(payload), memo or self.sealed())

    def pay(self, amount: int = ENT, memo: SealedMemo | None = None, *, sender: str = "A", fee: int = 0) -> Receipt:
        """A sends B currency, and a memo."""
        transfer = Transfer(CURRENCY_ASSET, address("B"), amount)
        return self.try_(sender, self.carried(transfer, memo), fee=fee)

    def has(self, name: str) -> int:
        """What an account may spend of the currency."""
        return balance(self.state, address(name), CURRENCY_ASSET).available
