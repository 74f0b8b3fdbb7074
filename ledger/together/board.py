"""Who takes part, and under which nickname (rule TG1)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.schema import Link
from ledger.encoding.shown_text import folded, is_shown
from ledger.errors import Refused
from ledger.keys.crypto import tagged_hash
from ledger.together.events import BoardJoined, BoardLeft
from ledger.together.limits import MAX_PARTICIPANTS
from ledger.together.payloads import JoinBoard, LeaveBoard
from ledger.together.schema import BOARD_NUMBERS, NICKNAMES, PARTICIPANT_COUNT, PARTICIPANTS, BoardEntry
from ledger.together.weights import BOARD_CHANGE


def nickname_key(nickname: str) -> bytes:
    """The key of a nickname in `NICKNAMES`: names that differ in case alone are one."""
    return tagged_hash(b"nodechain/nickname", folded(nickname).encode())


def do_join_board(context: Context, payload: JoinBoard) -> None:
    """Take part under a nickname that nobody has (TG1)."""
    context.charge(BOARD_CHANGE)
    account, nickname = context.sender, payload.nickname
    if not is_shown(nickname) or nickname != nickname.strip():
        raise Refused("a nickname is printable and neither begins nor ends with a space", code="bad_nickname")
    if context.state.get(PARTICIPANTS, account) is not None:
        raise Refused("the account is on the board already", code="on_board")
    key = nickname_key(nickname)
    if context.state.get(NICKNAMES, key) is not None:
        raise Refused(f"somebody is {nickname} already", code="nickname_taken")
    if context.count(PARTICIPANT_COUNT) >= MAX_PARTICIPANTS:
        raise Refused(f"at most {MAX_PARTICIPANTS} are on the board", code="board_full")
    context.change_count(PARTICIPANT_COUNT, 1)
    joined = context.next_number(BOARD_NUMBERS)
    context.state.put(PARTICIPANTS, account, BoardEntry(nickname, joined, context.time_ms, ()))
    context.state.put(NICKNAMES, key, Link(account))
    context.emit(BoardJoined(account, nickname))


def do_leave_board(context: Context, _payload: LeaveBoard) -> None:
    """Take part no longer: what was known is erased from the state (TG1)."""
    context.charge(BOARD_CHANGE)
    if context.state.get(PARTICIPANTS, context.sender) is None:
        raise Refused("the account is not on the board", code="not_on_board")
    _forget(context, context.sender)


def leave_expelled(context: Context, address: bytes) -> None:
    """Who is expelled takes part no longer (TG1)."""
    if context.state.get(PARTICIPANTS, address) is not None:
        context.charge(BOARD_CHANGE)
        _forget(context, address)


def _forget(context: Context, account: bytes) -> None:
    found = context.get(PARTICIPANTS, account)
    context.state.delete(PARTICIPANTS, account)
    context.state.delete(NICKNAMES, nickname_key(found.nickname))
    context.change_count(PARTICIPANT_COUNT, -1)
    context.emit(BoardLeft(account))
