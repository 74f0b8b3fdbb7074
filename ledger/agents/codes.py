"""What the codes of agents mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

AGENT_CODES: Final = Codes(
    inclusion=MappingProxyType(
        {
            "not_an_agent": "The owner has not authorised the sender, or does so no more.",
        }
    ),
    refused=MappingProxyType(
        {
            "bad_agent": "An agent is another account than its owner.",
            "bad_agent_terms": "An authorisation names something, and each list of it in order, nothing twice.",
            "bad_agent_expiry": "An authorisation ends after the block's time, and at most 400 days later.",
            "too_many_agents": "As many agents as may act for one account do so; revoke one first.",
            "too_many_owners": "The agent acts for as many accounts as one may.",
            "commission_too_high": "The community lets agents have less of what they sell.",
            "too_much_for_fees": "The agent's account would hold more for fees than the community lets a key have.",
            "unknown_agent": "The sender has no such agent.",
            "type_not_delegable": "Nobody may send transactions of this type for somebody else.",
            "type_not_granted": "The owner does not let the agent send transactions of this type.",
            "owner_not_a_member": "The owner is no member any more and could not send this itself.",
            "bad_content": "The content is no payload of the type that it should be.",
            "asset_not_granted": "The owner does not let the agent use this asset.",
            "day_limit_reached": "The agent would use more of the asset today than the owner lets it.",
            "price_not_granted": "The owner lets the agent place no order on this side, or not at this price.",
            "sweep_not_granted": "The owner does not let the agent have this asset paid out.",
            "swept_today": "The asset was paid out for this owner today; tomorrow again.",
            "nothing_to_sweep": "Nothing is available above the floor that the owner stated.",
        }
    ),
)
