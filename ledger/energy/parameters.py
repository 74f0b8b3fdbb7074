"""What voters set of the imbalance, units and sessions."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS, PARTS, ParameterRule, ParameterUnit
from ledger.energy.limits import MAX_SUMMED_DAYS

MINTING_COST: Final = "M"
BURNING_COST: Final = "B"
RECOVERY_SHARE: Final = "C"
SESSION_LIFETIME: Final = "H"
PROVIDER_SHARE: Final = "F"
CLOSE_NOTICE: Final = "close_notice"
SILENT_LOCK: Final = "silent_lock"
RESERVATION_RATE: Final = "reservation_rate"
MAX_SESSION_SHARE: Final = "max_session_share"
LOSS_LIMIT: Final = "loss_limit"
LOSS_WINDOW: Final = "loss_window"
LOSS_RULE: Final = "loss_rule"
LEVEL_BAND: Final = "level_band"
SLOT_GRACE: Final = "slot_grace"
LATE: Final = "late"
MAX_REPORT: Final = "max_report"


class LossRule(IntEnum):
    """Who pays what a unit's efficiency takes: its producers at once, or all by the imbalance rate."""

    PRODUCERS = 0
    ALL = 1


ENERGY_PARAMETERS: Final[tuple[ParameterRule, ...]] = (
    ParameterRule("M", PARTS // 2, 0, PARTS - 1, ParameterUnit.ENT_PER_KWH, "highest minting cost"),
    ParameterRule("B", PARTS // 2, 0, PARTS - 1, ParameterUnit.ENT_PER_KWH, "highest burning cost"),
    ParameterRule("C", PARTS // 20, 1, PARTS - 1, ParameterUnit.PARTS, "share of the imbalance recovered per kWh"),
    ParameterRule("H", 2 * HOUR_MS, MINUTE_MS, 30 * DAY_MS, ParameterUnit.DURATION_MS, "session lifetime"),
    ParameterRule("F", PARTS // 5, 0, PARTS, ParameterUnit.PARTS, "storage provider's share of minted ENT"),
    ParameterRule(
        "close_notice", 10 * MINUTE_MS, 0, 30 * DAY_MS, ParameterUnit.DURATION_MS,
        "how long a unit may still report what was drawn before a session without a meter ended",
    ),
    ParameterRule(
        "silent_lock", 30 * DAY_MS, HOUR_MS, 365 * DAY_MS, ParameterUnit.DURATION_MS,
        "how long the lock of a metered session that has ended waits for the meter's next reading",
    ),
    ParameterRule(
        "reservation_rate", 0, 0, PARTS, ParameterUnit.ENT_PER_KWH_HOUR,
        "what holding energy ready for a session costs",
    ),
    ParameterRule(
        "max_session_share", PARTS, 1, PARTS, ParameterUnit.PARTS,
        "share of a unit's energy that one account's sessions may hold",
    ),
    ParameterRule(
        "loss_limit", PARTS // 5, 0, PARTS, ParameterUnit.PARTS,
        "share of its capacity that a unit may lose beyond its terms within loss_window",
    ),
    ParameterRule(
        "loss_window", MAX_SUMMED_DAYS * DAY_MS, DAY_MS, MAX_SUMMED_DAYS * DAY_MS, ParameterUnit.DURATION_MS,
        "the whole days over which a unit's losses are summed",
    ),
    ParameterRule(
        "loss_rule", LossRule.PRODUCERS, LossRule.PRODUCERS, LossRule.ALL, ParameterUnit.CHOICE,
        "who pays what a unit's registered efficiency takes", choices=("producers", "all"),
    ),
    ParameterRule(
        "level_band", PARTS // 50, 0, PARTS // 2, ParameterUnit.PARTS,
        "share of its capacity by which a unit's level may differ from its books",
    ),
    ParameterRule(
        "slot_grace", 5 * MINUTE_MS, 0, DAY_MS, ParameterUnit.DURATION_MS,
        "how long a unit's level waits for readings of its other meters",
    ),
    ParameterRule(
        "late", HOUR_MS, 0, 3_650 * DAY_MS, ParameterUnit.DURATION_MS,
        "a reading whose interval began longer ago pays what minting cost then at its highest",
    ),
    ParameterRule(
        "max_report", 10**9, 1, 10**13, ParameterUnit.ENERGY_WH,
        "most energy that one report of a unit may bring or take, if its registered capacity is not larger",
    ),
)  # fmt: skip
