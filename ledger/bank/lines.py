"""Lines of banks' statements, by their hash: what was minted or burned for one, once and for ever (rule BK1)."""

from __future__ import annotations

from ledger.bank.payloads import NO_REFERENCE
from ledger.bank.points import LINE_USED
from ledger.bank.schema import BANK_LINES, BankLine
from ledger.bank.weights import BANK_LINE_TAKEN
from ledger.chain.context import Context
from ledger.errors import Refused


def take_line(context: Context, reference: bytes, line: BankLine) -> None:
    """Keep what is done for a line; refused where something was done for it before, whatever it was (BK1)."""
    if reference == NO_REFERENCE:
        return
    context.charge(BANK_LINE_TAKEN)
    if is_line_taken(context, reference) or any(used(context, reference) for used in context.hooks.at(LINE_USED)):
        raise Refused("something was done for this line of the bank's statement already", code="line_taken")
    context.state.put(BANK_LINES, reference, line)


def is_line_taken(context: Context, reference: bytes) -> bool:
    """Whether currency was minted or burned for a line (BK1)."""
    return context.state.get(BANK_LINES, reference) is not None
