"""Keys for memos, and memos carried along with what a member sends (rules ME1 to ME4)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.errors import InvalidInput, Refused
from ledger.memos.events import MemoKeySet, MemoSent
from ledger.memos.genesis import MEMOS_SECTION
from ledger.memos.padding import SIZES, TAG_BYTES
from ledger.memos.payloads import SetMemoKey, WithMemo
from ledger.memos.schema import MEMO_KEYS, MemoKey
from ledger.memos.weights import MEMO, MEMO_BYTES_A_UNIT, MEMO_KEY


def do_set_memo_key(context: Context, payload: SetMemoKey) -> None:
    """Publish a key, or take it back (ME1)."""
    context.charge(MEMO_KEY)
    if len(payload.key) not in (0, 32):
        raise Refused(f"a key for memos has 32 bytes, not {len(payload.key)}", code="bad_memo_key")
    found = context.state.get(MEMO_KEYS, context.sender)
    if payload.key == (b"" if found is None else found.key):
        raise Refused("this is the sender's key for memos already, or it has none", code="same_memo_key")
    if payload.key:
        context.state.put(MEMO_KEYS, context.sender, MemoKey(payload.key, context.height))
    else:
        context.state.delete(MEMO_KEYS, context.sender)
    context.emit(MemoKeySet(context.sender, payload.key))


def forget_memo_key(context: Context, address: bytes) -> None:
    """An expelled member takes no memos (ME2)."""
    if context.state.get(MEMO_KEYS, address) is not None:
        context.charge(MEMO_KEY)
        context.state.delete(MEMO_KEYS, address)
        context.emit(MemoKeySet(address, b""))


def do_with_memo(context: Context, payload: WithMemo) -> None:
    """The type's own handler, and a memo of which only the size is looked at (ME3, ME4)."""
    memo = payload.memo
    context.charge(MEMO + -(-len(memo.sealed) // MEMO_BYTES_A_UNIT))
    codec = context.hooks.carrying.get(payload.type)
    if codec is None:
        raise Refused(f"type {payload.type} carries no memo", code="type_without_memo")
    size = len(memo.sealed) - TAG_BYTES
    if size not in SIZES or size > MEMOS_SECTION.of(context.genesis).longest:
        raise Refused(f"no memo of this chain has {size} bytes", code="bad_memo_size")
    try:
        content = codec.decode(payload.content)
    except InvalidInput as error:
        raise Refused(f"no payload of type {payload.type}: {error.detail}", code="bad_memo_content") from None
    context.emit(
        MemoSent(context.sender, memo.reader, payload.type, memo.reader_key, memo.sender_key, memo.salt, memo.sealed)
    )
    context.hooks.handlers[payload.type](context, content)
