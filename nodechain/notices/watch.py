"""What there is to tell: of a block's events at once, of balances, meters and bills whenever they are looked at.

Functions of what a node answers and of what was told before; they send nothing and remember nothing themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from ledger.encoding.times import format_time
from nodechain.client.answers.bank import AccountView
from nodechain.client.answers.billing_documents import BillDocuments
from nodechain.client.answers.metering import ListedMeter
from nodechain.notices.journal import Seen
from nodechain.notices.notice import Notice, NoticeKind

EVENT_KINDS: Final = ("vote_opened", "resolution_opened", "grid_unpaid", "bills_finalised")
"""What is read of a node's events; all else is a figure that is looked at."""

SHOWN_KEY: Final = 12


class Wishes(msgspec.Struct, frozen=True):
    """Of an account: what it wants to be told, below how many base units a balance is low, when a meter is silent."""

    kinds: frozenset[NoticeKind]
    least: int
    silent_after_ms: int


class Currency(msgspec.Struct, frozen=True):
    """The community's, as an answer names it, and how people write its amounts."""

    name: str
    symbol: str
    decimals: int


class Figures(msgspec.Struct, frozen=True):
    """What a look found of an account; `documents` None where the node has no bills of it."""

    account: AccountView
    meters: tuple[ListedMeter, ...]
    documents: BillDocuments | None


def of_event(
    message: Mapping[str, Any], wishes: Mapping[str, Wishes], currency: Currency, time_ms: int
) -> Iterator[Notice]:
    """What an event has to tell the accounts that follow its kind."""
    event = message["event"]
    kind = event["kind"]
    if kind == "vote_opened":
        facts = {
            "number": str(event["number"]),
            "what": str(event["action"]["kind"]).replace("_", " "),
            "until": f"{format_time(event['expires_ms'])} UTC",
        }
        yield from _to_all(wishes, NoticeKind.VOTE_OPEN, "vote_open", event["number"], facts, time_ms, event["voter"])
    elif kind == "resolution_opened":
        facts = {
            "number": str(event["resolution"]),
            "title": event["title"],
            "until": f"{format_time(event['deadline_ms'])} UTC",
        }
        number, opener = event["resolution"], event["opened_by"]
        yield from _to_all(wishes, NoticeKind.VOTE_OPEN, "resolution_open", number, facts, time_ms, opener)
    elif kind == "bills_finalised":
        # A period ends with the instant after it.
        facts = {"first": _day(event["from_ms"]), "last": _day(event["to_ms"] - 1)}
        facts["from"], facts["to"] = str(event["first"]), str(event["first"] + event["count"] - 1)
        yield from _to_all(wishes, NoticeKind.BILL_READY, "bill_ready_run", event["run"], facts, time_ms, "")
    elif kind == "grid_unpaid" and event["blocked"]:
        account = event["account"]
        if account in wishes and NoticeKind.UNPAID in wishes[account].kinds:
            place = f"{message['height']}.{message['receipt']}.{message['place']}"
            facts = {"amount": event["owed"]["tokens"], "currency": currency.symbol}
            yield Notice(f"unpaid_grid/{place}", NoticeKind.UNPAID, account, "unpaid_grid", time_ms, facts)


def is_shown(notice: Notice, documents: BillDocuments | None) -> bool:
    """Whether it says that bills of a run are there, and the account's own is told of by its number."""
    if notice.text != "bill_ready_run" or documents is None:
        return False
    numbers = range(int(notice.facts["from"]), int(notice.facts["to"]) + 1)
    return any(bill["number"] in numbers for bill in documents["documents"])


def _day(time_ms: int) -> str:
    return format_time(time_ms)[:10]


def _to_all(
    wishes: Mapping[str, Wishes],
    kind: NoticeKind,
    text: str,
    number: int,
    facts: dict[str, str],
    time_ms: int,
    except_for: str,
) -> Iterator[Notice]:
    for account in sorted(wishes):
        if kind in wishes[account].kinds and account != except_for:
            yield Notice(f"{text}/{number}", kind, account, text, time_ms, facts)


def of_figures(
    account: str, wishes: Wishes, figures: Figures, currency: Currency, seen: Seen, time_ms: int
) -> tuple[list[Notice], Seen]:
    """What an account's figures have to tell, and what was seen with them."""
    after = msgspec.json.decode(msgspec.json.encode(seen), type=Seen)
    notices = [
        *_balance(account, wishes, figures, currency, after, time_ms),
        *_meters(account, wishes, figures, after, time_ms),
        *_bills(account, figures, currency, after, time_ms),
    ]
    return [each for each in notices if each.kind in wishes.kinds], after


def _balance(
    account: str, wishes: Wishes, figures: Figures, currency: Currency, seen: Seen, time_ms: int
) -> Iterator[Notice]:
    """Once when it falls below; again only after it was enough."""
    held = next((each for each in figures.account["balances"] if each["asset"] == currency.name), None)
    available = int(held["available"]["base"]) if held is not None else 0
    if available >= wishes.least:
        seen.low.pop(account, None)
    elif account not in seen.low:
        seen.low[account] = time_ms
        facts = {
            "amount": _amount(available, currency),
            "least": _amount(wishes.least, currency),
            "currency": currency.symbol,
        }
        yield Notice(f"low_balance/{time_ms}", NoticeKind.LOW_BALANCE, account, "low_balance", time_ms, facts)


def _meters(account: str, wishes: Wishes, figures: Figures, seen: Seen, time_ms: int) -> Iterator[Notice]:
    """Once for each silence; a meter that is bound nowhere is nobody's."""
    for meter in figures.meters:
        key, heard_ms = meter["key"], max(meter["time_ms"], meter["sent_ms"])
        if time_ms - heard_ms < wishes.silent_after_ms:
            seen.silent.pop(f"{account}/{key}", None)
        elif seen.silent.get(f"{account}/{key}") != heard_ms:
            seen.silent[f"{account}/{key}"] = heard_ms
            facts = {"meter": key[:SHOWN_KEY], "since": f"{format_time(heard_ms)} UTC"}
            name = f"silent_meter/{key}/{heard_ms}"
            yield Notice(name, NoticeKind.SILENT_METER, account, "silent_meter", time_ms, facts)


def _bills(account: str, figures: Figures, currency: Currency, seen: Seen, time_ms: int) -> Iterator[Notice]:
    """A bill that is newer than all that were seen; and each one that is overdue, once. The first look only learns
    which bills there are.
    """
    if figures.documents is None:
        return
    cent, documents = figures.documents["cent"], figures.documents["documents"]
    newest, first_look = seen.bills.get(account, 0), account not in seen.bills
    told, overdue = seen.overdue.get(account, []), []
    for bill in reversed(documents):
        facts = {"bill": bill["name"], "currency": currency.symbol, "due_day": _due_day(bill)}
        if bill["number"] > newest and not first_look:
            facts["amount"] = _amount(bill["due_cents"] * cent, currency)
            name = f"bill_ready/{bill['number']}"
            yield Notice(name, NoticeKind.BILL_READY, account, "bill_ready", time_ms, dict(facts))
        paid = sum(int(bill[each]["base"]) for each in ("paid_on_chain", "paid_by_bank", "paid_before"))
        owed = bill["due_cents"] * cent - paid
        if bill["corrected_by"] or owed <= 0 or _due_day(bill) >= _day(time_ms):
            continue
        overdue.append(bill["number"])
        if bill["number"] not in told:
            facts["amount"] = _amount(owed, currency)
            yield Notice(f"unpaid_bill/{bill['number']}", NoticeKind.UNPAID, account, "unpaid_bill", time_ms, facts)
    seen.bills[account] = max([newest, *(bill["number"] for bill in documents)])
    seen.overdue[account] = overdue


def _due_day(bill: Any) -> str:
    return str(date.fromisoformat(bill["issued_day"]) + timedelta(days=bill["due_days"]))


def _amount(base: int, currency: Currency) -> str:
    """Two decimals at least, as people write money; all where there are more."""
    whole, rest = divmod(abs(base), 10**currency.decimals)
    digits = f"{rest:0{currency.decimals}d}".rstrip("0") if currency.decimals else ""
    return f"{'-' if base < 0 else ''}{whole}.{digits.ljust(2, '0')}"
