"""Rule W1's numbers are the code's."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.chain.registry import Registry
from nodechain.modules import MODULES

REGISTRY = Registry(MODULES)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol" / "transactions.md"
SAID = {
    "TRANSACTION": "A transaction {}, with",
    "SIGNATURE": "signature that is verified {},",
    "PRODUCTION": "a production {}, and",
    "UNIT_BOOKS": "and {} more by hand",
    "DRAW": "a draw from a session {};",
    "LEVEL": "a level {} when it is noted",
    "LEVEL_LOSS": "{} where something is missing",
    "BATCH_ITEM": "a batch item {};",
    "REPORTED_CONSUMPTION": "reported by hand {};",
    "PAST_COSTS": "past costs (I7, I8) 1 for {} hours or days",
    "SESSION_OPENING": "a session opened {},",
    "SESSION_END": "ended {}, a waiting",
    "LOCK_RETURN": "lock returned {};",
    "VOTE_OPENING": "a vote opened {},",
    "VOTE_END": "closed {}, looked at",
    "JUDGEMENT": "voters changed {};",
    "UNBINDING": "unbound with its unit {};",
    "BINDING_LOOK": "for a level (E14) {};",
    "ORDER_RESTING": "an order that rests {},",
    "ORDER_END": "that ends {},",
    "ORDER_VISIT": "that is looked at {};",
    "TRADE": "a trade {};",
    "EXPIRY": "an expiry {},",
    "SWEEP_STEP": "a step of a sweep {},",
    "SIGN_OF_LIFE": "a proposer noted as running {}",
    "ROWS_IMPORT": "rows that come with each slot {},",
    "ROWS_SERIES_A_UNIT": "with 1 for {} pairs, and 6",
    "ROWS_OF_SLOT": "and {} a slot, with 1 for 2 pairs of it",
    "ROWS_PAIRS_A_UNIT": "a slot, with 1 for {} pairs of it;",
    "ROWS_LOOKED_AT": "a slot whose rows are looked at {},",
    "FORGOTTEN_ROWS": "or are kept no longer {}, and",
    "ROWS_READ_A_UNIT": "and 1 for {} rows that are read;",
    "BOARD_CHANGE": "the board joined or left {};",
    "POINTS_CHANGE": "what a participant earned noted {};",
    "TOGETHER_TERMS": "rules changed or looked at {};",
    "SEASON_CLOSE": "a season closed {},",
    "RANKED_A_UNIT": "with 1 more for {} who are ranked,",
    "PRIZE_PAID": "and {} a prize.",
    "SCHEME_CHANGE": "a scheme changed {} and",
    "SCHEME_POINT": "and {} a point; a day of a scheme",
    "PROGRESS_DAY": "looked at for new values {},",
    "PROGRESS_SLOTS_A_UNIT": "with 1 more for {} slots and for",
    "ABSENT_CHANGES_A_UNIT": "for {} changes of how many points are closed;",
    "CLOSED_SHARE": "a share of a point that is closed {};",
    "RUN_BEGUN": "a run begun {};",
    "GATHERED_CHUNK": "a chunk gathered {},",
    "GATHERED_POINT": "with {} a point and 1 more for",
    "INPUTS_A_UNIT": "and 1 more for {} inputs;",
    "ZONE_ASKED": "the zones of a producer's day looked up {};",
    "TOLD_CHUNK": "a chunk told {},",
    "TOLD_ROWS_A_UNIT": "with 1 more a slot and for {} rows of it,",
    "ZONE_CELLS_A_UNIT": "and for {} parts of shares by zone;",
    "COMPUTED_SLOT": "a slot computed {},",
    "COMPUTED_POINTS_A_UNIT": "with 1 more for {} points",
    "LAID_POINTS_A_UNIT": "on each of its slots, with 1 more and 1 for {} points",
    "PAIRS_A_UNIT": "and for {} pairs;",
    "BOOKED_CHUNK": "a chunk booked {},",
    "BOOKED_ACCOUNT": "booked 5, with {} a point",
    "ROWS_A_UNIT": "and 1 more for {} rows;",
    "PAYER": "a payer of a larger run {};",
    "FINISHED_SLOT": "a slot finished {} and",
    "FINISHED_CHUNK": "and {} a chunk;",
    "CUT_OFF_SLOT": "or is folded, {};",
    "PIECES_AT_ONCE": "at most {} together",
    "DEBT_PAID": "a debt paid {},",
    "CLAIM_PAID": "a claim paid {}.",
    "TARIFF_CHANGE": "brought or given to points {} and",
    "TARIFF_POINT": "to points 10 and {} a point;",
    "GRID_POINT": "a point charged by it {}, with",
    "GRID_SLOTS_A_UNIT": "with 1 more for {} slots, and for each zone",
    "GRID_ZONE": "zone of what was shared {},",
    "GRID_ZONE_SLOTS_A_UNIT": "with 1 more for {} slots of it, and",
    "FEED_CHANGE": "or another value {},",
    "REPORTERS_A_UNIT": "with 1 more for {} reporters;",
    "FEED_DAY": "a day of its history forgotten {}.",
    "GRID_FEED": "rate by a feed {},",
    "GRID_FEED_SLOTS_A_UNIT": "by a feed 10, with 1 more for {} slots.",
    "GROUP_CHANGE": "dissolved, or a payment {};",
    "SHARE_SET": "its share set {};",
    "SHARE_CHECK": "a member's row looked at {},",
    "GATHERED_MEMBER": "a member's weight gathered {},",
    "PAID_MEMBER": "its part of an asset paid {};",
    "DISTRIBUTED_ASSET": "an asset of a distribution {}.",
    "RESOLUTION_CHANGE": "opened, withdrawn, closed or forgotten {};",
    "BALLOT": "a ballot counted or void {},",
    "BALLOT_FORGOTTEN": "or void 3, forgotten {}.",
    "FEES_DIVIDED": "fees divided at a block's end {} and",
    "COMMITTEE_PART": "and {} a part of the committee;",
    "SPENDING": "a payment checked or made {};",
    "TERMS_CHANGE": "terms, a budget or a sponsor changed {};",
    "SPONSORING": "or a sponsor changed {}; an admission",
    "NEWCOMER": "an admission {}; an issue",
    "ISSUING": "an issue checked or made {}.",
    "BANK_LINE_TAKEN": "A line of a bank taken {};",
    "MARKING": "a withdrawal marked {},",
    "MARK_END": "burned or given back {};",
    "RESERVE_ATTESTATION": "reserves attested {}.",
    "DEAL_OPENING": "A deal opened {},",
    "DEAL_CHANGE": "disputed {}, ended 12;",
    "DEAL_END": "disputed 4, ended {};",
    "SWAP_OFFER": "a swap offered {},",
    "SWAP_TAKEN": "offered 9, taken {},",
    "SWAP_END": "taken 8, ended {}.",
    "ATTESTATION_CHANGE": "An attestation issued, revoked or expired {},",
    "ATTESTATION_LOOKED_AT": "looked at for an admission {}.",
    "APPLICATION_CHANGE": "An application taken, dismissed, admitted or expired {},",
    "METER_ASKED": "with {} more a meter that is asked for,",
    "METER_GIVEN": "asked for, {} a meter that is given,",
    "UNIT_WISHED": "that is given, {} a unit.",
    "LATE_CORRECTION": "folded slot's correction: a transaction {},",
    "LATE_PIECE": "a piece {}, with",
    "LATE_INPUTS_A_UNIT": "a piece 15, with {} more an input,",
    "LATE_OPEN_A_UNIT": "and for {} corrections that are being brought",
    "WAITING_SLOTS_A_UNIT": "looked at for one that is settled now, 1 for {};",
    "MONTH_FOLLOWED": "a month that values of a point change {},",
    "MONTH_POINT": "a point of a month gathered or computed {}, with",
    "MONTH_LOTS_A_UNIT": "or computed 8, with 1 more for {} claims,",
    "MONTH_BOOKED": "1 more for 4 claims, booked {},",
    "FORGOTTEN_ROW": "booked 20, forgotten {};",
    "AUTHORISING": "An agent authorised {},",
    "AUTHORISATION_END": "an authorisation ended {};",
    "ACTING": "acting for an owner {}, with",
    "ACTING_ASSET": "acting for an owner 8, with {} more an asset",
    "COMMISSION": "where its terms have a commission {} more,",
    "SWEEPING": "that is paid for; a sweep {}.",
    "ORIGIN_BEGUN": "a lot that begins {},",
    "ORIGIN_DRAWN": "a draw whose lots are told {},",
    "ORIGIN_RESERVED": "a reservation {}.",
    "GENERATOR_LOOK": "a production meter's transaction looked at {},",
    "GENERATOR_DAY": "a day of a generator counted up or forgotten {},",
    "CERTIFIED_DAY": "or forgotten 2, certified {},",
    "GENERATOR_CHANGE": "described, or energy of it held back {};",
    "CERTIFICATE_ISSUE": "a certificate issued {},",
    "CERTIFICATE_CHANGE": "offered, withdrawn or used up {},",
    "CERTIFICATE_MOVED": "a part of it that another account has then {},",
    "CERTIFICATE_LAPSE": "expired {}, as each holding",
    "MEMO_KEY": "A key for memos {}; a memo",
    "MEMO": "a memo {}, with",
    "MEMO_BYTES_A_UNIT": "with 1 more for {} bytes of it.",
    "KNOWN_VERSION": "what its program knows {}",
    "SLOT_DAY": "slots that is read or changed {},",
    "SLOTS_A_UNIT": "with 1 more for {} slots that come in,",
    "SLOTS_HELD_A_UNIT": "for {} that had values before,",
    "SLOTS_READ_A_UNIT": "for {} that are only read,",
    "IMPORT_ROW": "a row of an operator's file {},",
    "SLOT_READING": "a reading cut at slots {},",
    "POINT_CHANGE": "registered, changed or closed {}",
    "FORGOTTEN_DAY": "one that is kept no longer {}",
}
HALVED = {"TWO_READINGS": "a reading {:.1f}, rounded up"}


@pytest.fixture(scope="module")
def rule() -> str:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    return text[text.index("**W1 Weight.**") : text.index("**W2 ")]


def test_every_weight_is_in_the_rule() -> None:
    assert set(SAID) | set(HALVED) == set(REGISTRY.weights)


@pytest.mark.parametrize("name", SAID)
def test_a_weight_is_the_one_in_force(rule: str, name: str) -> None:
    assert SAID[name].format(REGISTRY.weights[name]) in rule


@pytest.mark.parametrize("name", HALVED)
def test_a_weight_for_two_is_the_one_in_force(rule: str, name: str) -> None:
    assert HALVED[name].format(REGISTRY.weights[name] / 2) in rule
