"""The network operator, played: a message for each metering point in the Austrian format (ConsumptionRecord 01.41).

All ids are invented, and the messages are marked as tests (`SIMU`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from ledger.slots.schema import Direction
from nodechain.demo.sharing.rules import MISSING
from nodechain.demo.sharing.week import SLOT_MS, ZONE
from nodechain.formats.local_time import EPOCH

OPERATOR: Final = "AT009999"
COMMUNITY: Final = "RC999901"
COMMUNITY_ID: Final = "AT00999900000RC999901000000000001"
_CODES: Final = {Direction.OFFTAKE: "1-1:1.9.0 G.01", Direction.INJECTION: "1-1:2.9.0 G.01"}
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<cr:ConsumptionRecord
    xmlns:cr="http://www.ebutilities.at/schemata/customerprocesses/consumptionrecord/01p41"
    xmlns:ct="http://www.ebutilities.at/schemata/customerprocesses/common/types/01p20">
 <cr:MarketParticipantDirectory DocumentMode="SIMU" Duplicate="false" SchemaVersion="01.41">
  <ct:RoutingHeader>
   <ct:Sender AddressType="ECNumber"><ct:MessageAddress>{operator}</ct:MessageAddress></ct:Sender>
   <ct:Receiver AddressType="ECNumber"><ct:MessageAddress>{community}</ct:MessageAddress></ct:Receiver>
   <ct:DocumentCreationDateTime>{created}</ct:DocumentCreationDateTime>
  </ct:RoutingHeader>
  <ct:Sector>01</ct:Sector>
  <cr:MessageCode>DATEN_CRMSG</cr:MessageCode>
 </cr:MarketParticipantDirectory>
 <cr:ProcessDirectory>
  <ct:MessageId>{operator}{point}S{sequence}</ct:MessageId>
  <ct:ConversationId>{community}C{point}</ct:ConversationId>
  <ct:ProcessDate>{day}</ct:ProcessDate>
  <ct:MeteringPoint>{operator_id}</ct:MeteringPoint>
  <cr:ECID>{community_id}</cr:ECID>
  <cr:Sequence>{sequence}</cr:Sequence>
  <cr:Energy>
   <cr:MeteringReason>00</cr:MeteringReason>
   <cr:MeteringPeriodStart>{start}</cr:MeteringPeriodStart>
   <cr:MeteringPeriodEnd>{end}</cr:MeteringPeriodEnd>
   <cr:MeteringIntervall>QH</cr:MeteringIntervall>
   <cr:NumberOfMeteringIntervall>{count}</cr:NumberOfMeteringIntervall>
   <cr:EnergyData MeterCode="{code}" UOM="KWH">
"""
_FOOT: Final = "   </cr:EnergyData>\n  </cr:Energy>\n </cr:ProcessDirectory>\n</cr:ConsumptionRecord>\n"


def operator_id(number: int) -> str:
    """An invented metering point id: AT and 31 digits."""
    return f"{OPERATOR}{number:025}"


def write_message(
    path: Path,
    *,
    number: int,
    direction: Direction,
    first_slot: int,
    energies: Sequence[int],
    created_ms: int,
    sequence: int,
) -> None:
    """One message: energies in mWh slot by slot, `MISSING` ones left out."""
    made = _HEAD.format(
        operator=OPERATOR, community=COMMUNITY, community_id=COMMUNITY_ID, operator_id=operator_id(number),
        point=f"{number:08}", sequence=sequence, created=_local(created_ms), day=_local(created_ms)[:10],
        start=_local(first_slot * SLOT_MS), end=_local((first_slot + len(energies)) * SLOT_MS), count=len(energies),
        code=_CODES[direction],
    )  # fmt: skip
    rows = [_interval(first_slot + place, energy) for place, energy in enumerate(energies) if energy != MISSING]
    path.write_text("".join([made, *rows, _FOOT]), encoding="utf-8")


def _interval(slot: int, energy_mwh: int) -> str:
    quantity = f"{energy_mwh // 10**6}.{energy_mwh % 10**6:06}"
    start, end = _local(slot * SLOT_MS), _local((slot + 1) * SLOT_MS)
    return (
        f"    <cr:EP><cr:DTF>{start}</cr:DTF><cr:DTT>{end}</cr:DTT><cr:MM>L1</cr:MM><cr:BQ>{quantity}</cr:BQ></cr:EP>\n"
    )


def _local(time_ms: int) -> str:
    found: datetime = (EPOCH + timedelta(milliseconds=time_ms)).astimezone(ZoneInfo(ZONE))
    return found.isoformat(timespec="seconds")
