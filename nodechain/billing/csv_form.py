"""A bill as CSV: a row for each receipt of each line, with all digits, for who wants to add up in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Final

from ledger.encoding.amounts import format_amount
from nodechain.billing.document import Bill
from nodechain.billing.sheet import kwh_text, mwh_text

COLUMNS: Final = (
    "bill", "account", "first_day", "last_day", "section", "kind", "asset", "amount", "unit", "price", "height",
    "receipt", "transaction",
)  # fmt: skip


def csv_form(bill: Bill) -> bytes:
    """The rows in the order of the bill: opening, lines, closing of each asset, then energy, then what schemes shared:
    kWh by scheme, and by receipt what the bill asks for (negative) or brings; then what came from the grid by line.
    """
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    head = (bill.name, bill.account, bill.period.first_day, bill.period.last_day)
    decimals = {account.asset: account.decimals for account in bill.assets}
    symbols = {account.asset: account.symbol for account in bill.assets}
    for account in bill.assets:
        symbol, digits = account.symbol, account.decimals
        opening, closing = (sum(int(held.amount) for held in side) for side in (account.opening, account.closing))
        writer.writerow((*head, "balance", "opening", account.asset, _text(opening, digits), symbol, "", "", "", ""))
        for line in bill.lines:
            if line.asset != account.asset:
                continue
            price = _text(int(line.price), decimals[bill.currency]) if int(line.price) else ""
            for source in line.sources:
                amount = _text(int(source.amount), digits)
                where = (source.height, source.index, source.transaction)
                writer.writerow((*head, line.section, line.kind, line.asset, amount, symbol, price, *where))
        writer.writerow((*head, "balance", "closing", account.asset, _text(closing, digits), symbol, "", "", "", ""))
    for measured in bill.energy:
        for source in measured.sources:
            amount = kwh_text(int(source.amount)).replace("\N{MINUS SIGN}", "-")
            where = (source.height, source.index, source.transaction)
            writer.writerow((*head, "energy", measured.measure, "", amount, "kWh", "", *where))
    for shared in bill.shared:
        credit = ("carried_mwh", "credited_mwh", "claims_mwh", "expired_mwh") if shared.month else ()
        for name in ("bought_mwh", "sold_mwh", *credit):
            amount = mwh_text(int(getattr(shared, name))).replace("\N{MINUS SIGN}", "-")
            scheme = f"scheme {shared.scheme} {shared.month}".rstrip()
            writer.writerow((*head, "shared", name.removesuffix("_mwh"), scheme, amount, "kWh", "", "", "", ""))
        for source in shared.sources if shared.by_period else ():
            where = (source.height, source.index, source.transaction)
            amount = _text(-int(source.amount), decimals[bill.currency])
            writer.writerow((*head, "shared", "by_period", shared.asset, amount, symbols[bill.currency], "", *where))
    for use in bill.grid:
        name, how = f"{use.kind}:{use.name}" if use.name else use.kind, "not_moved" if use.external else "charged"
        energy = mwh_text(int(use.energy_mwh)).replace("\N{MINUS SIGN}", "-")
        writer.writerow((*head, "grid", name, how, energy, "kWh", "", "", "", ""))
        for source in use.sources:
            where = (source.height, source.index, source.transaction)
            amount = _text(-int(source.amount), decimals[use.asset])
            writer.writerow((*head, "grid", name, how, amount, symbols[use.asset], "", *where))
    return sink.getvalue().encode()


def _text(base: int, decimals: int) -> str:
    return f"{'-' if base < 0 else ''}{format_amount(abs(base), decimals)}"
