"""What the codes of points mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

TOGETHER_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "bad_together_terms": "The rules of points contradict themselves, or name prizes that nobody can pay.",
            "season_open": "A season that ended is not closed yet; its rules stay until it is.",
            "bad_nickname": "A nickname is printable and neither begins nor ends with a space.",
            "nickname_taken": "Somebody on the board has this nickname.",
            "on_board": "The account is on the board already; leave it first to have another nickname.",
            "not_on_board": "The account is not on the board.",
            "board_full": "As many are on the board as may be.",
        }
    ),
)
