"""Golden byte vectors of everything that is signed, hashed or stored in a block; fixed keys, no chance.

`python -m tests.makers.make_vectors` writes `tests/vectors/transactions.json` anew; the diff shows what changed in
the protocol. `tests/ledger/test_vectors.py` compares. A signer in another language needs the JSON alone: every
vector says its secrets, the bytes that are signed, and what comes out.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

import msgspec
from msgspec.structs import replace

from harness.chain import START_MS, secret
from harness.energy import serial_of
from ledger.attestations import payloads as at
from ledger.bank import payloads as p
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.billing.payloads import CorrectBill, FinaliseBills, PayBill, RecordPayment, SetTreasurer
from ledger.chain.certificate import commit_message
from ledger.chain.envelope import Transaction, assemble, sign_message, unsigned
from ledger.chain.events import kind_of
from ledger.chain.header import Certificate, CommitSignature, Header, Receipt
from ledger.chain.identity import ChainIdentity
from ledger.chain.registry import Registry, TransactionType
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet, validator_address
from ledger.chain.votes import VoteKind, prepared_value, vote_message
from ledger.encoding.codec import Bytes20, Bytes32, Uint, Value, encode
from ledger.energy import payloads as e
from ledger.energy.storage_terms import StorageTerms, Technology
from ledger.governance import payloads as a
from ledger.governance.voting import action_hash
from ledger.grid.payloads import AssignTariff, SetGridTerms, SetPointTariff, SetTariff
from ledger.groups import payloads as g
from ledger.joining import payloads as j
from ledger.keys.address import MultisigKey, address_of, format_address, format_key
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.derivation import derive, key_path
from ledger.keys.keyfile import COST_LIGHT, KeyKind, seal_key, write_keyfile
from ledger.keys.login import Login, login_message
from ledger.keys.mnemonic import mnemonic_of, seed_of
from ledger.metering.payloads import (
    BindMeter,
    Closing,
    MeterTerms,
    ReadingStep,
    ReleaseMeter,
    ReplaceMeter,
    SettleJump,
    SubmitReadings,
    UnbindMeter,
)
from ledger.metering.schema import MeterKind
from ledger.origin.payloads import ReserveOrigin
from ledger.sharing.allocation_rules import AllocationRule, Delivery, PairsEachSlot, PairShare, StaticRedistributed
from ledger.sharing.late_payloads import ChangedValue, CorrectFoldedSlot, RestoredPiece
from ledger.sharing.payloads import ChangeScheme, SetScheme
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.rows_payloads import ImportSlotRows, PairSeries
from ledger.sharing.schema import RunSums, SettledSlot, SlotInput
from ledger.sharing.scheme_terms import Participant, SchemeTerms, Settlement, SourceOrder
from ledger.slots import payloads as m
from ledger.slots.schema import Direction, OffsetChange
from ledger.upgrades.payloads import CancelUpgrade, PlanUpgrade
from ledger.validators.payloads import AddValidator, Evidence, RemoveValidator, ValidatorAlive, possession_message
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import OrderKind, Side
from nodechain.commands.sending.offline import OfflineTransaction, encode_offline
from nodechain.modules import MODULES
from tests.makers.agreement_samples import (
    agent_samples,
    deal_samples,
    group_opening,
    group_payment,
    group_rows,
    group_samples,
    memo_samples,
    resolution_samples,
)
from tests.makers.certificate_samples import certificate_actions, certificate_samples
from tests.makers.feed_samples import feed_actions, feed_samples, spot_rate
from tests.makers.fund_samples import fund_actions, fund_samples
from tests.makers.joining_samples import joining_samples
from tests.makers.named_fields import named
from tests.makers.together_samples import together_actions, together_samples
from tests.support.grid_tariffs import tariff
from tests.support.world import address_named, secret_of, sign_all, signers_of, wide_genesis

FILE: Final = Path(__file__).resolve().parents[1] / "vectors" / "transactions.json"
REGISTRY: Final = Registry(MODULES)
GENESIS_VALUE: Final = wide_genesis()
CHAIN_ID: Final = GENESIS_VALUE.chain_id
GENESIS_HASH: Final = GENESIS_VALUE.hash
PROFILE: Final = hashlib.sha256(b"profile").digest()
OBIS: Final = bytes((1, 0, 2, 8, 0, 255))
SIGNERS: Final = ("A", "B", "X", "bank", "U1", "M1", "P1", "V", "W")
VALIDATORS: Final = ("V", "W", "Y", "Z")
MAX: Final = 2**63 - 1


def possession(name: str, account: str, height: int) -> bytes:
    """A validator key's proof that somebody holds it."""
    key = secret(name)
    return key.sign(possession_message(GENESIS_HASH, key.public_key[1:], address_named(account), height))


def testimony() -> Evidence:
    """Two PREPAREs of one validator in one round."""
    values = sorted(hashlib.sha256(name).digest() for name in (b"one block", b"another"))
    key = secret("W")
    first, second = (key.sign(vote_message(VoteKind.PREPARE, GENESIS_HASH, 7, 1, value)) for value in values)
    return Evidence(key.public_key[1:], int(VoteKind.PREPARE), 7, 1, values[0], first, values[1], second)


def terms(meter: str, account: str, kind: MeterKind) -> MeterTerms:
    """Terms of a binding at U1, of a meter behind transformers of 40."""
    return MeterTerms(
        address_named("U1"), address_named(account), int(kind), secret_of(meter).public_key, serial_of(meter), PROFILE,
        OBIS, -1, 40, 10**8, 11_000, START_MS, 123_456, 7,
    )  # fmt: skip


def replacement(old: bytes) -> ReplaceMeter:
    """M1 in the place of another meter, to whose closing register the account has consented."""
    bound = binding("M1", "X", MeterKind.STORAGE)
    closing = Closing(old, START_MS + 1, 200_000)
    consent = sign_all("X", closing.message(GENESIS_HASH, bound.terms))
    return ReplaceMeter(old, (closing,), msgspec.structs.replace(bound, account_signatures=consent))


def binding(meter: str, account: str, kind: MeterKind) -> BindMeter:
    """A binding with the consent of the meter and the account."""
    agreed = terms(meter, account, kind)
    message = agreed.message(GENESIS_HASH)
    return BindMeter(agreed, secret_of(meter).sign(message), signers_of(account)[0], sign_all(account, message))


def point(owner: str, id_hash: bytes, own_meter: bool) -> m.RegisterPoint:
    """A metering point with its owner's consent."""
    agreed = m.PointTerms(
        address_named(owner), int(Direction.INJECTION), "zürich-3", START_MS - 1, id_hash, own_meter, 1_888_888,
        START_MS,
    )  # fmt: skip
    key, _secrets = signers_of(owner)
    return m.RegisterPoint(agreed, key, sign_all(owner, agreed.message(GENESIS_HASH)))


def import_part() -> m.ImportSlots:
    """A part of an operator's file."""
    rows = (m.ImportRow(1, 1_888_888, 0, 250_000, (0, -250_000, 65_536)), m.ImportRow(128, 1_888_892, 7, 0, ()))
    return m.ImportSlots(hashlib.sha256(b"file").digest(), START_MS + 2, 3, rows)


def readings(first_ms: int = START_MS + 900_000) -> SubmitReadings:
    """Four readings, of which the last register falls."""
    steps = (ReadingStep(1, 900_000, 250), ReadingStep(2, 1_800_000, 65_536), ReadingStep(1, 900_000, -1))
    return SubmitReadings(PROFILE, 3, 2, 0, OBIS, -1, first_ms, 123_456, steps)


TERMS = StorageTerms(int(Technology.FLOW), 25_000, 4_000, 850_000_000, 120, 2_000)


def vote_actions() -> dict[str, Value]:
    """One of every action."""
    who, unit = address_named("B"), address_named("U1")
    validator = secret("W").public_key[1:]
    return {
        "add_voter": a.AddVoter(who),
        "remove_voter": a.RemoveVoter(who),
        "register_unit": e.RegisterUnit(unit, who, 20_000, 5_000, TERMS),
        "remove_unit": e.RemoveUnit(unit),
        "set_banker": p.SetBanker(address_named("bank")),
        "settle_withdrawal": p.SettleWithdrawal(CURRENCY_ASSET, who, 17, True),
        "settle_withdrawal/returned": p.SettleWithdrawal(CURRENCY_ASSET, who, 300, False),
        "set_parameter": a.SetParameter("H", 7_200_000),
        "add_validator": AddValidator(validator, who, "wést", possession("W", "B", 0)),
        "remove_validator": RemoveValidator(validator_address(validator)),
        "admit_member": a.AdmitMember(who),
        "expel_member": a.ExpelMember(who),
        "reinstate_unit": e.ReinstateUnit(unit, 1_000),
        "change_unit": e.ChangeUnit(unit, 18_000, 5_000, TERMS),
        "annul": e.Annul(who, unit, 10**12),
        "set_priority": e.SetPriority(who, True),
        "settle_jump": SettleJump(secret_of("P1").public_key, 70_000, True),
        "release_meter": ReleaseMeter(secret_of("M1").public_key),
        "plan_upgrade": PlanUpgrade(5_000, 2, "market", bytes((0x91, 0xA3)) + b"cda", "nodechain 2.0"),
        "plan_upgrade/long_texts": PlanUpgrade(5_000, 2, "m" * 64, b"", "\U0001f50c" * 64),
        "cancel_upgrade": CancelUpgrade(5_000),
        "set_treasurer": SetTreasurer(who, True),
        "admit_point": m.AdmitPoint(point("X", m.NO_ID, True)),
        "alter_point": m.AlterPoint(m.ChangePoint(2, "", START_MS)),
        "remove_point": m.RemovePoint(m.ClosePoint(2, 1_888_900)),
        "set_custodian": m.SetCustodian(who, True),
        "extend_zone": m.ExtendZone(
            (OffsetChange(1_711_846_800_000, 120), OffsetChange(1_729_990_800_000, -60)), (19_716,)
        ),
        "admit_group": g.AdmitGroup(group_opening()),
        "change_group": g.ChangeGroup(7, group_opening().terms),
        "assign_shares": g.AssignShares(g.SetGroupShares(7, 1_888_889, group_rows())),
        "spend_from_group": g.SpendFromGroup(group_payment()),
        "dissolve_group": g.DissolveGroup(7),
        "admit_group_point": g.AdmitGroupPoint(point("B", bytes((1,)) * 32, False).terms),
        "set_attester": at.SetAttester(who, at.AttesterRole.AUDITOR, at.OfficeStanding.BARRED),
        "admit_application": j.AdmitApplication(300, who),
        "admit_application/alone": j.AdmitApplication(1, unit),
        "dismiss_applications": j.DismissApplications((1, 128, 65_536)),
        "set_scheme": SetScheme(0, 1_888_888, scheme_terms(who)),
        "set_tariff": SetTariff(0, 1_888_888, tariff()),
        "set_tariff/by_feed": SetTariff(1, 1_888_888, tariff(retail=spot_rate())),
        **feed_actions(),
        **certificate_actions(),
        **together_actions(),
        "set_point_tariff": SetPointTariff(3, 1_888_888, (1, 7, 300)),
        "set_grid_terms": SetGridTerms(who, CURRENCY_ASSET, 50 * 10**9, True),
        **fund_actions(who, address_named("X"), address_named("bank")),
        "set_scheme/closed": SetScheme(7, 1_888_888, replace(scheme_terms(who), participants=())),
    }


def scheme_terms(account: bytes) -> SchemeTerms:
    """A scheme in which every kind of number stands."""
    members = (Participant(1, (500_000_000,)), Participant(2, (0,), 250_000_000), Participant(300, ()))
    rule = AllocationRule(StaticRedistributed(), Delivery.BY_AGE, True)
    return SchemeTerms(
        "stréet", CURRENCY_ASSET, members, rule, MidMarket(300_000_000, 65_535), 10_000_000, account,
        SourceOrder.OWN_THEN_OPERATOR, 1_000, 259_200_000, Settlement.PERIOD,
    )  # fmt: skip


_LINE: Final = hashlib.sha256(b"a line of a bank's statement").digest()


def samples() -> dict[str, tuple[str, Value, int]]:
    """By name: sender, payload, nonce; every transaction type at least once."""
    who, unit = address_named("B"), address_named("U1")
    meter = secret_of("P1").public_key
    items = (e.ProducedItem(who, 1_000), e.ConsumedItem(who, 65_536), e.ActualItem(0))
    found: dict[str, tuple[str, Value, int]] = {
        "transfer": ("A", p.Transfer(ENERGY_ASSET, who, 8 * 10**9), 1),
        "transfer/largest": ("A", p.Transfer(CURRENCY_ASSET, who, MAX), MAX),
        "transfer/multisig": ("X", p.Transfer(CURRENCY_ASSET, who, 127), 128),
        "lock_withdrawal": ("A", p.LockWithdrawal(CURRENCY_ASSET, 128), 2),
        "open_session": ("A", e.OpenSession(unit, 2 * 10**9, 255), 3),
        "close_session": ("A", e.CloseSession(unit), 4),
        "release_session": ("U1", e.ReleaseSession(who, 300), 1),
        "energy_produced": ("U1", e.EnergyProduced(1, who, 10_000), 1),
        "energy_consumed": ("U1", e.EnergyConsumed(2, who, 1_000), 2),
        "energy_actual": ("U1", e.EnergyActual(3, 0), 3),
        "energy_batch": ("U1", e.EnergyBatch(4, items), 4),
        "bind_meter/ed25519": ("U1", binding("M1", "A", MeterKind.CONSUMPTION), 5),
        "bind_meter/p256_for_multisig": ("U1", binding("P1", "X", MeterKind.PRODUCTION), 6),
        "replace_meter/closed": ("U1", replacement(meter), 7),
        "replace_meter": ("U1", ReplaceMeter(meter, (), binding("M1", "X", MeterKind.STORAGE)), 9),
        "unbind_meter": ("U1", UnbindMeter(meter), 8),
        "submit_readings/ed25519": ("M1", readings(), 12),
        "submit_readings/p256": ("P1", readings(), 12),
        "mint_currency": ("bank", p.MintCurrency(CURRENCY_ASSET, who, 10**10), 1),
        "mint_currency/line": ("bank", p.MintCurrency(CURRENCY_ASSET, who, 10**10, _LINE), 4),
        "burn_currency": ("bank", p.BurnCurrency(CURRENCY_ASSET, who, 10**9, 17, _LINE), 2),
        "unlock_currency": ("bank", p.UnlockCurrency(CURRENCY_ASSET, who, 1), 3),
        "mark_withdrawal": ("bank", p.MarkWithdrawal(CURRENCY_ASSET, who, 10**9), 5),
        "take_back_withdrawal": ("A", p.TakeBackWithdrawal(CURRENCY_ASSET, 128), 3),
        "attest_reserves": ("bank", p.AttestReserves(CURRENCY_ASSET, 10**12, START_MS, _LINE), 6),
        "validator_alive": ("B", ValidatorAlive(secret("W").public_key[1:], 9, possession("W", "B", 9)), 5),
        "evidence": ("A", testimony(), 10),
        "place_order": ("A", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, 10**9, 10 * 10**9, START_MS + 1), 6),
        "cancel_order": ("A", CancelOrder(1, 7), 7),
        "register_point": ("A", point("B", hashlib.sha256(b"salt AT001").digest(), False), 11),
        "change_point": ("A", m.ChangePoint(1, "grid zone", START_MS), 12),
        "close_point": ("A", m.ClosePoint(1, 1_888_900), 13),
        "import_slots": ("A", import_part(), 14),
        "replace_order": ("A", ReplaceOrder(1, 7, 5 * 10**8, 10**6, 0), 8),
    }
    root = hashlib.sha256(b"bills").digest()
    found |= {
        "finalise_bills": ("A", FinaliseBills(17, 200, root, START_MS, START_MS + 30 * 86_400_000), 11),
        "correct_bill": ("A", CorrectBill(217, 18, root), 12),
        "pay_bill": ("X", PayBill(18, CURRENCY_ASSET, 10**10), 129),
        "record_payment": ("A", RecordPayment(18, CURRENCY_ASSET, 10**9, root), 13),
    }
    found["assign_tariff"] = ("A", AssignTariff(3, 1_888_889, (1, 7, 300)), 15)
    found |= group_samples() | resolution_samples() | deal_samples() | agent_samples() | memo_samples() | feed_samples()
    found |= fund_samples(who) | certificate_samples() | together_samples()
    found["reserve_origin"] = ("B", ReserveOrigin(unit), 33)
    found |= joining_samples(terms("M1", "B", MeterKind.CONSUMPTION), GENESIS_HASH)
    found["correct_folded_slot"] = ("A", folded_correction(), 15)
    found["import_slot_rows"] = ("A", slot_rows_part(), 15)
    found["change_scheme"] = ("A", ChangeScheme(7, 1_888_889, scheme_terms(who)), 14)
    stand_in = PairsEachSlot((PairShare(3, 1, 250_000_000), PairShare(3, 300, 1)))
    each_slot = replace(scheme_terms(who), rule=AllocationRule(stand_in))
    found["change_scheme/rows_each_slot"] = ("A", ChangeScheme(7, 1_888_889, each_slot), 14)
    for name, action in vote_actions().items():
        found[f"cast_vote/{name}"] = ("A", a.CastVote(action, name != "set_banker"), 9)
    return found


def folded_correction() -> CorrectFoldedSlot:
    """Two points of a folded slot, one of which took more than it was settled with."""
    entry = SettledSlot(2, 7, 1, 0, b"i" * 32, b"r" * 32, RunSums(10**6, 2 * 10**6, 10**6, 10**8, 0))
    inputs = (SlotInput(3, 2, 250_000, 250_000), SlotInput(2, 2, 0, 0))
    piece = RestoredPiece(300, inputs, b"n" * 32, (ChangedValue(19_201, 300_000),))
    return CorrectFoldedSlot(7, 1_888_889, hashlib.sha256(b"late file").digest(), entry, 95, b"p" * 96, (piece,))


def slot_rows_part() -> ImportSlotRows:
    """Rows of three slots: a share that rises, and one that ends."""
    pairs = (PairSeries(3, 1, 500_000_000, (1, 299_999_999)), PairSeries(3, 300, 200_000_000, (0, -200_000_000)))
    return ImportSlotRows(7, 1_888_889, 3, hashlib.sha256(b"keys").digest(), START_MS, pairs)


def type_of(payload: Value) -> TransactionType:
    """The transaction type whose payload this is."""
    return next(kind for kind in REGISTRY.types.values() if kind.payload is type(payload))


def transaction(sender: str, payload: Value, nonce: int) -> Transaction:
    """Signed, with an expiry, and a fee unless it is a meter's."""
    fee = 0 if isinstance(payload, SubmitReadings) else 5
    envelope = unsigned(
        CHAIN_ID, type_of(payload).number, signers_of(sender)[0], nonce, payload, valid_until=70_000, fee=fee
    )
    return REGISTRY.decode(assemble(envelope, sign_all(sender, sign_message(envelope, GENESIS_HASH))))


def _transactions() -> list[dict[str, Any]]:
    made = []
    for name, (sender, payload, nonce) in samples().items():
        signed = transaction(sender, payload, nonce)
        made.append(
            {
                "name": name,
                "type": signed.envelope.type,
                "type_name": type_of(payload).name,
                "sender": sender,
                "fields": named(payload),
                "envelope_fields": {name: text for name, text in named(signed.envelope).items() if name != "payload"},
                "payload": signed.envelope.payload.hex(),
                "envelope": signed.signed_bytes.hex(),
                "signed_message": sign_message(signed.envelope, GENESIS_HASH).hex(),
                "signatures": [[entry.index, entry.signature.hex()] for entry in signed.signatures],
                "raw": signed.raw.hex(),
                "id": signed.id.hex(),
                "full_hash": signed.full_hash.hex(),
            }
        )
    return made


def _derivation() -> dict[str, Any]:
    """The first keys of every kind from words, with a passphrase that NFKD changes."""
    mnemonic, passphrase = mnemonic_of(hashlib.sha256(b"words").digest()), "Zürich"
    seed = seed_of(mnemonic, passphrase)
    keys = []
    for kind, index in ((kind, index) for kind in KeyKind for index in (0, 1)):
        path = key_path(kind.branch, index)
        key = Ed25519SecretKey(derive(seed, path).secret)
        keys.append(
            {
                "kind": kind.value, "index": index, "path": path, "secret": key.secret_bytes.hex(),
                "public_key": key.public_key.hex(), "public_key_text": format_key(key.public_key),
                "address_text": format_address(address_of(key.public_key)),
            }
        )  # fmt: skip
    return {"mnemonic": mnemonic, "passphrase": passphrase, "seed": seed.hex(), "keys": keys}


T = TypeVar("T", bound=Value)


def _without_units(kind: Any) -> Any:
    plain, *metadata = get_args(kind)
    bounds = [entry for entry in metadata if isinstance(entry, msgspec.Meta)]
    return Annotated[plain, *bounds] if bounds else plain


def _field(kind: Any, place: int) -> Any:
    """A value for a field of an event, by its type and bounds; units are not part of the bytes."""
    if get_origin(kind) is Annotated:
        kind = _without_units(kind)
    if kind == Bytes20:
        return address_named("ABX"[place % 3])
    if kind == Bytes32:
        return hashlib.sha256(bytes((place,))).digest()
    if kind == Uint:
        return (0, 1, 127, 128, 65_536, 2**32, MAX)[place % 7]
    if kind is StorageTerms:
        return TERMS
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        return (sample_event(item) if isinstance(item, type) and issubclass(item, Value) else _field(item, place),)
    return {bytes: b"\x01\x02", str: "C", bool: True, int: -33}[kind]


def sample_event(kind: type[T]) -> T:
    """An event with something in every field."""
    return kind(*(_field(entry.type, place) for place, entry in enumerate(msgspec.structs.fields(kind))))


def validator_set() -> ValidatorSet:
    """Four validators, sorted by address."""
    found = [
        ValidatorInfo(validator_address(key), key, 1, address_named("A"), name)
        for name, key in ((name, secret(name).public_key[1:]) for name in VALIDATORS)
    ]
    return ValidatorSet(tuple(sorted(found, key=lambda member: member.address)))


def header() -> Header:
    """A header with a different value in each field."""
    roots = [hashlib.sha256(name).digest() for name in (b"parent", b"transactions", b"receipts", b"state")]
    return Header(
        1, 2, CHAIN_ID, 300, roots[0], START_MS + 1_000, validator_set().members[1].address, roots[1], roots[2],
        roots[3], validator_set().hash, hashlib.sha256(b"next").digest(), hashlib.sha256(b"parameters").digest(),
        START_MS + 9_000, hashlib.sha256(b"commits").digest(), 3,
    )  # fmt: skip


def certificate() -> Certificate:
    """Three of four validators for `header` in round 2."""
    message = commit_message(GENESIS_HASH, 300, 2, header().hash())
    by_key = {secret(name).public_key[1:]: secret(name) for name in VALIDATORS}
    signatures = tuple(
        CommitSignature(index, by_key[member.key].sign(message))
        for index, member in enumerate(validator_set().members)
        if index != 1
    )
    return Certificate(300, 2, header().hash(), signatures)


def receipt() -> Receipt:
    """A receipt with one of every event."""
    events = tuple(sample_event(kind) for kind in REGISTRY.events)
    return Receipt(hashlib.sha256(b"id").digest(), "", 5, 10, events)


def failed_receipt() -> Receipt:
    """A receipt of a transaction that failed."""
    return Receipt(hashlib.sha256(b"id").digest(), "insufficient_balance", 0, 10, ())


def build() -> dict[str, Any]:
    """All vectors."""
    keys = {}
    for name in SIGNERS:
        key, secrets = signers_of(name)
        keys[name] = {
            "secrets": [_secret_bytes(entry).hex() for entry in secrets],
            "public_keys": [entry.public_key.hex() for entry in secrets],
            "threshold": key.threshold if isinstance(key, MultisigKey) else None,
            "sender_key": encode(key).hex(),
            "address": address_named(name).hex(),
            "address_text": format_address(address_named(name)),
        }
    actions = vote_actions()
    agreed = terms("M1", "A", MeterKind.CONSUMPTION)
    closing = Closing(secret_of("P1").public_key, START_MS + 1, 200_000)
    message = commit_message(GENESIS_HASH, 300, 2, header().hash())
    return {
        "schema": "nodechain/transactions/1",
        "chain_id": CHAIN_ID,
        "keys": keys,
        "transactions": _transactions(),
        "derivation": _derivation(),
        "actions": [
            {
                "name": name,
                "fields": named(action),
                "bytes": encode(action).hex(),
                "hash": action_hash(encode(action)).hex(),
            }
            for name, action in actions.items()
        ],
        "events": [
            {"kind": kind_of(kind), "bytes": encode(sample_event(kind)).hex()} for kind in REGISTRY.events
        ],
        "keyfile": _keyfile(),
        "owners_file": _owners_file(),
        "messages": {
            "meter_terms": {"bytes": encode(agreed).hex(), "signed_message": agreed.message(GENESIS_HASH).hex()},
            "meter_closing": {
                "bytes": encode(closing).hex(), "signed_message": closing.message(GENESIS_HASH, agreed).hex(),
            },
            "possession": {
                "key": secret("W").public_key[1:].hex(), "account": address_named("B").hex(), "height": 9,
                "signed_message": possession_message(
                    GENESIS_HASH, secret("W").public_key[1:], address_named("B"), 9
                ).hex(),
            },
            "commit": {"signed_message": message.hex()},
            "login": _login(),
            "voted": {"height": 300, "round": 2, "value": header().hash().hex()},
            "votes": {
                kind.name.lower(): vote_message(kind, GENESIS_HASH, 300, 2, header().hash()).hex() for kind in VoteKind
            },
            "prepared_value": prepared_value(2, header().hash()).hex(),
        },
        "header": {"bytes": encode(header()).hex(), "hash": header().hash().hex()},
        "certificate": {"bytes": encode(certificate()).hex(), "validators_hash": validator_set().hash.hex()},
        "receipts": [encode(receipt()).hex(), encode(failed_receipt()).hex()],
        "genesis": {"bytes": encode(GENESIS_VALUE).hex(), "hash": GENESIS_VALUE.hash.hex()},
    }  # fmt: skip


def _login() -> dict[str, Any]:
    """What a login signs (rule E4)."""
    asked = Login("http://127.0.0.1:8545", bytes(range(32)), address_named("A"))
    signed = login_message(GENESIS_HASH, asked).hex()
    return {
        "origin": asked.origin,
        "nonce": asked.nonce.hex(),
        "address": asked.address.hex(),
        "signed_message": signed,
    }


def _keyfile() -> dict[str, Any]:
    """A whole key file with a cheap kdf, and what opens it. Salt, iv and uuid are fixed here, and here only."""
    key, password = secret("A"), "Zürich\u007f 1"
    assert isinstance(key, Ed25519SecretKey)
    made = seal_key(
        key,
        password,
        name="alice",
        kind=KeyKind.ACCOUNT,
        path="",
        salt=bytes(32),
        iv=bytes(16),
        uuid=bytes(16),
        cost=COST_LIGHT,
    )
    return {"password": password, "secret": key.secret_bytes.hex(), "file": json.loads(write_keyfile(made))}


def _owners_file() -> dict[str, Any]:
    """What travels between the owners of an account with several keys, signed by the first of them."""
    signed = transaction("X", samples()["transfer"][1], 1)
    held = OfflineTransaction(ChainIdentity(CHAIN_ID, GENESIS_HASH), signed.signed_bytes, signed.signatures[:1])
    found: dict[str, Any] = json.loads(encode_offline(held))
    return found


def _secret_bytes(key: Any) -> bytes:
    found: bytes = key.secret_bytes
    return found


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(build(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
