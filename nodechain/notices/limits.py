"""Limits of notices; each has a test in `tests/nodechain/test_notices.py` or `test_notice_channels.py`."""

from __future__ import annotations

from typing import Final

MAX_FOLLOWED: Final = 500
"""Accounts that one process looks after."""

MAX_WAITING: Final = 1_000
"""Notices that wait to be delivered; beyond, nothing new is looked for until some are."""

MAX_FAILED: Final = 100
"""What could not be delivered is remembered, the newest so many."""

MAX_TRIES: Final = 20
MAX_WAIT_MS: Final = 3_600_000
"""Between two tries of a delivery, at most."""

FIRST_WAIT_MS: Final = 10_000
"""After the first try; doubled after each one more."""

MAX_AGE_MS: Final = 7 * 86_400_000
"""What could not be delivered for so long is not news any more."""

MAX_SETTINGS_BYTES: Final = 1024 * 1024
MAX_SECRET_BYTES: Final = 4_096
MAX_JOURNAL_BYTES: Final = 16 * 1024 * 1024
MAX_MESSAGE_BYTES: Final = 64 * 1024
"""Of one message to an MQTT broker, with its topic."""
