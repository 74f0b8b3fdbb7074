"""What a node answers of the accounts that are followed: one look, on a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

import msgspec

from ledger.bank.assets import CURRENCY_ASSET
from ledger.encoding.amounts import parse_amount
from nodechain.client.answers.billing_documents import BillDocuments
from nodechain.client.answers.metering import ListedMeter
from nodechain.client.node_client import RestClient
from nodechain.client.rest import NodeApi
from nodechain.errors import NotFound, NotYours
from nodechain.notices.notice import NoticeKind
from nodechain.notices.settings import NotifySettings
from nodechain.notices.watch import Currency, Figures, Wishes

log = logging.getLogger("nodechain.notices")


class FollowedChain(msgspec.Struct, frozen=True):
    """Which chain a node is of, how far it is, the time of its next block at least, and the community's currency."""

    genesis_hash: str
    height: int
    time_ms: int
    currency: Currency


class Looking:
    """Asks one node; signs in, once an hour, where it asks who reads."""

    def __init__(self, url: str, sign_in: Callable[[NodeApi], str] | None) -> None:
        self._url = url
        self._sign_in = sign_in
        self._node = RestClient(url, sign_in=sign_in)
        self._closed_to: set[str] = set()

    def renew(self) -> None:
        """Begin with a connection and a login of its own."""
        self._node.close()
        self._node = RestClient(self._url, sign_in=self._sign_in)

    def close(self) -> None:
        """Hang up."""
        self._node.close()

    @property
    def token(self) -> str:
        """Of the login, for the socket of events; empty where none was asked for."""
        return self._node.api.token

    def chain(self) -> FollowedChain:
        """The node's."""
        status = self._node.status()
        clock_ms = int(status["clock_ms"]) - int(status["clock_ahead_ms"] or 0)
        asset = self._node.assets()["assets"][CURRENCY_ASSET - 1]
        currency = Currency(asset["name"], asset["symbol"], asset["decimals"])
        return FollowedChain(status["genesis_hash"], status["height"], max(status["time_ms"], clock_ms), currency)

    def block_time_ms(self, height: int) -> int:
        """When a block was made."""
        return int(self._node.chain.block(str(height))["header"]["time_ms"])

    def figures(self, account: str, kinds: frozenset[NoticeKind]) -> Figures | None:
        """What is known of an account; None where the node does not show it to who has signed in."""
        try:
            found = self._node.account(account)
            meters: tuple[ListedMeter, ...] = ()
            if NoticeKind.SILENT_METER in kinds:
                meters = tuple(each for each in self._node.meters() if account in (each["account"], each["unit"]))
            figures = Figures(found, meters, self._documents(account, kinds))
        except NotYours as error:
            if account not in self._closed_to:
                log.warning(
                    "an account is not shown to this reader", extra={"account": account, "advice": error.advice}
                )
            self._closed_to.add(account)
            return None
        self._closed_to.discard(account)
        return figures

    def _documents(self, account: str, kinds: frozenset[NoticeKind]) -> BillDocuments | None:
        if not kinds & {NoticeKind.BILL_READY, NoticeKind.UNPAID}:
            return None
        try:
            return self._node.api.get("/v1/billing/documents", BillDocuments, account=account)
        except NotFound:
            return None


def wishes_of(settings: NotifySettings, accounts: Mapping[str, str], currency: Currency) -> dict[str, Wishes]:
    """What each account wants, by its address; `accounts` has the address of each name of the settings.

    Raises `AmountError` where `least` is no amount of the currency.
    """
    return {
        accounts[each.account]: Wishes(
            frozenset(each.notices), parse_amount(each.least, currency.decimals), each.silent_after_ms
        )
        for each in settings.members
    }
