"""What the codes of groups mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

GROUP_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "not_a_group_manager": "Only managers of groups may open one; others open a vote.",
            "not_the_operator": "Only the group's operator may do this.",
            "no_operator_right": "The group's terms do not give its operator this right; open a vote.",
            "unknown_group": "No group has this number.",
            "group_dissolved": "The group is dissolved: what it has and gets is divided, and nothing else.",
            "too_many_groups": "There are as many groups as there may be, or the member is in as many as it may.",
            "too_many_group_members": "The group has as many members as it may have.",
            "bad_group": "The group's terms or rows contradict themselves.",
            "not_in_group": "The account has no share and no key in this group.",
            "share_not_free": "More would be given away than the group's own part has.",
            "share_too_small": "The member does not have so much of a share then.",
            "share_changes_pending": "The share of one of both changes later on; transfer it after that.",
            "too_many_share_changes": "The share changed too often since the last distribution; distribute first.",
            "no_share_transfers": "The group's terms do not let members transfer shares, or not to this account.",
            "bad_share_consent": "Who takes the share did not sign these terms, or has another share then.",
            "bad_group_point": "A point that counts is the member's own, open, and takes energy out of the grid.",
            "distribution_running": "A distribution of this group is running; wait for its end.",
            "nothing_to_distribute": "The group has nothing beyond its reserve.",
            "over_group_limit": "The operator would spend more than its limit for the month.",
            "group_has_open_business": "Close the group's points, orders and sessions first.",
            "no_group_shares": "No member has a share, so the rest would be nobody's.",
            "type_not_for_groups": "The operator may not send this type for the group.",
        }
    ),
)
