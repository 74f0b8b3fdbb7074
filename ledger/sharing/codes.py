"""What the codes of sharing mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

SHARING_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "bad_scheme": "The scheme's terms contradict themselves, or ask for what is not settled slot by slot.",
            "not_a_sharing_manager": "Only who the genesis names may change schemes without a vote.",
            "slot_not_to_come": "A scheme changes at the beginning of a slot to come.",
            "unknown_scheme": "No scheme has this number.",
            "scheme_closed": "The scheme is closed; open another one.",
            "too_many_schemes": "There are as many schemes as there may be.",
            "too_many_versions": "The scheme was changed too often lately; wait until old slots are final for good.",
            "bad_rule_rows": "The rows of a rule by pairs are not in rising order, or one stands twice.",
            "rule_shares": "The shares of one producer in a rule by pairs sum to more than the whole.",
            "bad_delivery": "A rule by pairs says itself who delivers; delivery by age has no place in it.",
            "bad_price_rows": "The prices of producers are not in rising order of their points, or one stands twice.",
            "retail_below_feed_in": "The retail price must not be below the feed-in price.",
            "unpriced_producer": "A producer has no price; a scheme priced by producer needs one for each.",
            "point_shares": "The point's shares in its schemes would sum to more than the whole, or are too many.",
        }
    ),
)
