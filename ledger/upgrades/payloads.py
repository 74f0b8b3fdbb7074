"""What voters decide of the protocol."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import Height, Plain
from ledger.limits import MAX_NAME_CHARACTERS
from ledger.upgrades.limits import MAX_VOTED_SECTION_BYTES

ShortText = Annotated[str, msgspec.Meta(max_length=MAX_NAME_CHARACTERS)]


class PlanUpgrade(Value, frozen=True, tag=264):
    """From `height` on: protocol `version`, and `module` switched on with its `section` (both empty: none).

    `release` tells people what to install.
    """

    height: Height
    version: Plain
    module: ShortText
    section: Annotated[bytes, msgspec.Meta(max_length=MAX_VOTED_SECTION_BYTES)]
    release: ShortText


class CancelUpgrade(Value, frozen=True, tag=265):
    """Do not do what is planned for `height`."""

    height: Height
