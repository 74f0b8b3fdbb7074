"""What codes mean to people: the CLI, the API and the web page show these (rule R3).

Each subject has those of its own in its `codes.py`, carried by its module; here are those of what belongs to no
subject. A code never changes its meaning and is never given to something else: the registry refuses one that two
modules bring, and `tests/ledger/test_codes.py` holds that every code which is raised stands in a table, and no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import msgspec


def _none() -> Mapping[str, str]:
    return MappingProxyType({})


class Codes(msgspec.Struct, frozen=True):
    """Meanings by code, one mapping a family of errors (`ledger.errors`).

    input: `InvalidInput`, such bytes get nowhere. inclusion: `InclusionError`, the transaction is in no block and has
    cost nothing. refused: `Refused`, it stands in its block, has cost its fee, and did nothing else. block:
    `InvalidBlock`. fault: `BrokenInvariant`, `UnknownVersion`.
    """

    input: Mapping[str, str] = msgspec.field(default_factory=_none)
    inclusion: Mapping[str, str] = msgspec.field(default_factory=_none)
    refused: Mapping[str, str] = msgspec.field(default_factory=_none)
    block: Mapping[str, str] = msgspec.field(default_factory=_none)
    fault: Mapping[str, str] = msgspec.field(default_factory=_none)

    def meanings(self) -> Iterator[tuple[str, str]]:
        """All codes with their meanings."""
        for family in (self.input, self.inclusion, self.refused, self.block, self.fault):
            yield from family.items()


NO_CODES: Final = Codes()

CORE_CODES: Final = Codes(
    input=MappingProxyType(
        {
            "ledger_error": "The ledger reports an error without a more precise name.",
            "invalid_input": "The input is not what was expected here.",
            "input_too_large": "The input is longer than its limit and was not read.",
            "malformed_input": "The bytes cannot be decoded as what they should be.",
            "not_canonical": "The bytes are not the one allowed encoding of their value.",
            "bad_amount": "The text is no amount, or has more decimals than the token.",
            "bad_address": "The text is no address; check it for typing errors.",
            "bad_key": "The bytes are no public key, secret key or signature.",
            "bad_mnemonic": "The words are no recovery phrase; check each word and their order.",
            "bad_path": "The text is no derivation path.",
            "bad_password": "The password cannot be used for a key file.",
            "bad_keyfile": "The key file is damaged or of an unknown version.",
            "wrong_password": "The password does not open the key file.",
            "bad_genesis": "The genesis is incomplete or contradicts itself.",
            "bad_proof": "The proof does not prove what it claims.",
            "bad_certificate": "The block's certificate does not hold a quorum of valid signatures.",
            "bad_header": "The header is not one that a light client can accept.",
            "not_later": "The header is not after the one that is trusted.",
            "version_fell": "The header's protocol version is below that of the trusted header, or unknown there.",
            "bad_set": "The validators are not those that the header names.",
            "does_not_continue": "The header does not continue the one that is trusted.",
            "skipped_too_far": "The validators changed in between; the headers of the changes are needed first.",
            "from_the_future": "The header's time lies ahead of this machine's clock.",
            "bad_statement": "A validator's statement is about another head, or not signed by whom it names.",
            "not_fresh": "No quorum of the validators is shown to have said that this head is its newest.",
            "stale_head": "The newest header is older than a living chain would have it.",
            "conflicting_headers": "Two headers of one height are both signed: the chain has split, or one node lies.",
            "no_path": "The node does not show how the validators changed in between.",
            "below_trust": "The height lies below the header that is trusted.",
            "unknown_format": "The proof file has a format that this program does not know.",
            "no_such_block": "A claim names a block that is not in the proof file.",
            "no_such_event": "The receipt has no event at that place.",
        }
    ),
    inclusion=MappingProxyType(
        {
            "not_includable": "The transaction cannot stand in a block now.",
            "unknown_type": "This chain knows no transaction of that type.",
            "module_off": "The module that it belongs to is off on this chain; a vote can switch it on (vote upgrade).",
            "wrong_version": "The transaction was made for another version of the protocol.",
            "wrong_chain": "The transaction or block was made for another chain.",
            "expired": "The transaction was valid only until a height that has passed.",
            "bad_nonce": "The nonce is not the sender's next one; another transaction came first, or one is missing.",
            "bad_signature": "A signature is missing or wrong.",
            "too_many_of_sender": "As many transactions of the sender wait, or stand in this block, as one may have.",
            "block_full": "The block has no room left; the transaction waits for the next one.",
            "known": "The transaction is known already.",
            "nonce_taken": "Another transaction of the sender with this nonce is waiting.",
            "pool_full": "Too many transactions are waiting; try again later or offer a higher fee.",
        }
    ),
    refused=MappingProxyType(
        {
            "refused": "The ledger refused the transaction.",
            "out_of_range": "The result would be larger than the ledger can store.",
            "unknown_parameter": "No parameter has this name.",
            "not_ready": "Too few validators knew the version at the height of the upgrade.",
            "parameter_out_of_bounds": "The value lies outside the parameter's bounds.",
            "too_heavy": "The work is more than one transaction may do; divide it into several.",
        }
    ),
    block=MappingProxyType(
        {
            "invalid_block": "The block breaks a rule.",
            "wrong_parent": "The block does not follow its parent.",
            "bad_time": "The block is not later than its parent.",
            "wrong_proposer": "The block's proposer is no validator of its height.",
            "bad_commits": "The block does not carry a quorum's commits for its parent.",
            "block_too_large": "The block has more transactions or bytes than allowed.",
            "invalid_transaction": "The block holds a transaction that may not stand there.",
            "header_mismatch": "The block's header is not what executing it gives.",
        }
    ),
    fault=MappingProxyType(
        {
            "broken_invariant": "The state contradicts itself; the node has stopped to protect the ledger.",
            "unknown_version": "The chain goes on under rules that this program does not know; install a newer one.",
        }
    ),
)
