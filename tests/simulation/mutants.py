"""The engine's rules switched off one by one: what the simulator must notice.

A mutant is a patch of one function, wherever it was imported. It is noticed if a world that it runs in has a violation
or breaks down. `python -m tests.simulation.mutants` looks for the first seed that notices each one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import ledger.chain.certificate
import ledger.validators.proposers
from consensus import height, signing, validation
from consensus.engine import Engine
from consensus.events import AskProposal, Effects, Now, SetTimer, Timer
from consensus.messages import Claim, Proposal, ProvenRoundChange
from consensus.pacing import Pacing
from consensus.state import HeightState
from consensus.tally import RoundChanges, Tally, VoteTable, power_of
from consensus.validation import Rules
from consensus.voting_permission import VotingPermission
from ledger.chain.certificate import commit_message
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate
from ledger.chain.validator_set import ValidatorSet
from ledger.chain.votes import VoteKind
from ledger.errors import CertificateError, LedgerError
from ledger.keys.crypto import verify_ed25519
from nodechain.chain.fetching import Fetching
from nodechain.errors import NodeError
from nodechain.journal.journal import Journal
from tests.simulation import directed
from tests.simulation.plan import Plan
from tests.simulation.signatures import stubbed_signatures


@dataclass(frozen=True, slots=True)
class Patch:
    """Replace an attribute of a class or module; a function also wherever it was imported by name."""

    owner: Any
    name: str
    replacement: Any

    @contextmanager
    def applied(self) -> Iterator[None]:
        original = getattr(self.owner, self.name)
        places = [(self.owner, self.name)]
        if not isinstance(self.owner, type):
            places = [
                (module, name)
                for module in list(sys.modules.values())
                if getattr(module, "__name__", "").split(".")[0] in ("consensus", "ledger", "nodechain")
                for name, value in list(vars(module).items())
                if value is original
            ]
        for owner, name in places:
            setattr(owner, name, self.replacement)
        try:
            yield
        finally:
            for owner, name in places:
                setattr(owner, name, original)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule off. `world`: the arranged world that shows it, where seeds would take long; `seed`: one that did."""

    name: str
    rule: str
    patches: tuple[Patch, ...]
    world: Callable[[], None] | None = None
    seed: int = 1


def _mixed_rounds(self: VoteTable) -> tuple[int, bytes] | None:
    together: dict[bytes, dict[int, int]] = {}
    for number, row in self._rounds.items():
        for index, said in row.items():
            together.setdefault(said.value, {})[index] = number
    for value, signers in together.items():
        power = sum(self._validators.members[index].power for index in signers)
        if ledger.chain.certificate.is_quorum(self._mode, power, self._validators):
            return max(signers.values()), value
    return None


def _two_f_plus_one(mode: object, power: int, validators: ValidatorSet) -> bool:
    return power >= 2 * ((validators.total_power - 1) // 3) + 1


def _without_lock(state: HeightState) -> None:
    before = state.prepared
    _commit(state)
    state.prepared = before


_commit = height._commit


def _lowest_claim(self: RoundChanges, round_: int) -> Any:
    found = _justification(self, round_)
    if found is None:
        return None
    proofs = [
        entry.proof for entry in self._latest.values() if entry.request.round == round_ and entry.proof is not None
    ]
    return found[0], min(proofs, key=lambda proof: proof.round, default=None)


_justification = RoundChanges.justification


def _any_claim(self: Rules, message: Proposal, known: frozenset[Claim]) -> bool:
    if message.proof is None:
        return _justified(self, message, known)
    claims = [request.claim for request in message.round_changes]
    return message.proof.claim in claims and self.prepared(message.proof)


_justified = Rules.justified


def _duplicates(
    certificate: Certificate,
    genesis_hash: bytes,
    mode: ConsensusMode,
    validators: ValidatorSet,
    height: int,
    block_hash: bytes,
    **_known: object,
) -> None:
    """Every signature is right, but one signer may stand for several."""
    message = commit_message(genesis_hash, height, certificate.round, block_hash)
    keys = [validators.members[entry.validator].key for entry in certificate.signatures]
    right = [
        verify_ed25519(key, message, entry.signature) for key, entry in zip(keys, certificate.signatures, strict=True)
    ]
    if not all(right) or not ledger.chain.certificate.is_quorum(mode, len(right), validators):
        raise CertificateError("no quorum")


def _signs_at_once(self: VotingPermission, *arguments: object) -> bool:
    self.is_granted, self.is_new = True, False
    return True


def _clock_also_again(state: HeightState, message: Proposal, now: Now) -> None:
    if height._is_timely(state, message.header, now):
        _try_prepared(state, message, now)


_try_prepared = height._try_prepared


def _never_parent_plus_one(state: HeightState, header: Any, now: Now) -> bool:
    return bool(header.time_ms <= now.wall_ms + state.settings.drift_ms)


def _timer_at_once(state: HeightState, now: Now) -> None:
    if state.pacing.is_waiting:
        state.pacing.enter(state.round, now)


def _requests_alone(self: Tally, round_: int) -> bool:
    there = power_of(sorted(self.round_changes.reached(round_)), self._rules.validators)
    return ledger.chain.certificate.is_quorum(self._rules.mode, there, self._rules.validators)


def _only_the_timer(self: Engine, state: HeightState, now: Now) -> None:
    self._effects.add(SetTimer(Timer.RESEND, now.monotonic_ms + state.settings.timeouts.resend_ms))


def _full_blocks(state: HeightState, round_: int) -> None:
    if state.asked_round < round_:
        state.asked_round = round_
        state.effects.add(AskProposal(state.number, round_, 1))


def _unproven(self: Rules, message: ProvenRoundChange, known: object) -> bool:
    return self.request(message.request) and (message.request.claim is None) == (message.proof is None)


def _commits_at_once(state: HeightState, accepted: Proposal, block_hash: bytes) -> Any:
    found = _proof(state, accepted, block_hash)
    return state.tally.prepares.signatures(state.round, block_hash) if found is None else found


_proof = height._proof_of_lock


def _blind_to_due(self: Pacing, _now: Now) -> int:
    return self._earliest_ms if self._transactions_wait else self._heartbeat_ms


BROKEN: Final = (AssertionError, LookupError, TypeError, ValueError, LedgerError, NodeError)
"""How a world ends that a mutant has broken; a `Violation` is an AssertionError."""


def nothing(*_arguments: object, **_named: object) -> None:
    """Does nothing."""


def always(*_arguments: object, **_named: object) -> bool:
    """True, whatever it is asked."""
    return True


def _any_proposer(self: Rules, message: Proposal) -> bool:
    return self.signed(VoteKind.PROPOSAL, message.validator, message.round, message.header.hash(), message.signature)


MUTANTS: Final = (
    Mutant(
        "mixed rounds",
        "4: votes of different rounds are added up",
        (Patch(VoteTable, "decided", _mixed_rounds),),
        seed=4,
    ),
    Mutant(
        "2F+1",
        "quorum: 2F+1 instead of 3p > 2T",
        (Patch(ledger.chain.certificate, "is_quorum", _two_f_plus_one),),
        seed=7,
    ),
    Mutant(
        "no justification",
        "2: later rounds need none",
        (Patch(height, "_is_justified", always),),
        directed.a_liar_after_one_decided,
    ),
    Mutant(
        "any claim",
        "2: any prepared block will do, not only the highest",
        (Patch(Rules, "justified", _any_claim),),
        directed.a_liar_between_two_locks,
    ),
    Mutant(
        "lowest claim", "7: the lowest prepared block", (Patch(RoundChanges, "justification", _lowest_claim),), seed=11
    ),
    Mutant(
        "no lock",
        "3: what was prepared is forgotten",
        (Patch(height, "_commit", _without_lock),),
        directed.decided_by_one_alone,
    ),
    Mutant("no prepare quorum", "3: COMMIT without it", (Patch(height, "_proof_of_lock", _commits_at_once),)),
    Mutant("no journal", "durable: nothing is written down", (Patch(Journal, "persist", nothing),), seed=11),
    Mutant("no bodies in the log", "durable: the block is not kept", (Patch(Effects, "keep_body", nothing),), seed=96),
    Mutant(
        "signs twice",
        "sign-once: nothing is resumed, anything may be signed",
        (Patch(signing, "may_sign", always), Patch(height, "_restore", nothing)),
        seed=11,
    ),
    Mutant(
        "no permission",
        "start: signs at once",
        (Patch(VotingPermission, "try_grant", _signs_at_once),),
        directed.wiped_validator_comes_back,
    ),
    Mutant(
        "no safe mode",
        "start: one's own forgotten signatures do not matter",
        (Patch(VotingPermission, "enter_safe_mode", nothing),),
        directed.wiped_validator_comes_back,
    ),
    Mutant(
        "no heard votes",
        "start: what others have heard does not matter",
        (Patch(Engine, "_compare_heard_votes", nothing),),
        directed.backup_within_the_open_height,
    ),
    Mutant(
        "no unsafe resume",
        "start: an operator's word does not cover what is learned while syncing",
        (Patch(VotingPermission, "is_resumed_unsafely", nothing),),
        directed.two_of_four_lose_all_and_are_resumed,
    ),
    Mutant(
        "no skip",
        "6: nobody follows to a later round",
        (Patch(RoundChanges, "round_to_join", nothing),),
        directed.latecomer_joins_the_running_round,
    ),
    Mutant("no resend", "8: nothing is said again", (Patch(Engine, "_upon_resend", _only_the_timer),)),
    Mutant(
        "no answers",
        "8: who is behind gets no DECIDED and no blocks",
        (Patch(Engine, "_answer", nothing), Patch(Fetching, "ahead", nothing)),
        seed=12,
    ),
    Mutant("no sync", "sync: nobody is asked", (Patch(Fetching, "ahead", nothing),), directed.newcomer_catches_up),
    Mutant(
        "timer at once",
        "5: who is ahead does not wait",
        (Patch(height, "start_timer", _timer_at_once),),
        directed.one_runs_ahead_while_two_pause,
    ),
    Mutant(
        "requests alone",
        "5: a vote in a round does not show that its voter is there",
        (Patch(Tally, "has_reached", _requests_alone),),
        directed.restarted_where_one_followed_a_proposal,
    ),
    Mutant(
        "unchecked certificates",
        "9: any certificate decides",
        (Patch(validation, "check_certificate", nothing),),
        seed=42,
    ),
    Mutant(
        "double signers", "Q3: a signer counts twice", (Patch(validation, "check_certificate", _duplicates),), seed=42
    ),
    Mutant(
        "unproven claims", "2: round changes need no proof", (Patch(Rules, "proven_round_change", _unproven),), seed=38
    ),
    Mutant("any proposer", "2: out of turn", (Patch(Rules, "proposal", _any_proposer),), seed=68),
    Mutant(
        "no clock test",
        "2: any time ahead",
        (Patch(height, "_is_timely", always),),
        directed.proposer_an_hour_ahead,
    ),
    Mutant(
        "clock test again",
        "2: a clock test for re-proposals too",
        (Patch(height, "_try_prepared", _clock_also_again),),
        directed.prepared_block_ahead_of_a_clock,
    ),
    Mutant(
        "no parent + 1",
        "2: the parent's time and 1 ms is not always good",
        (Patch(height, "_is_timely", _never_parent_plus_one),),
        directed.one_block_ten_minutes_ahead,
    ),
    Mutant(
        "full blocks",
        "7: later rounds make no lighter blocks",
        (Patch(height, "_ask_proposal", _full_blocks),),
        directed.block_too_heavy_for_a_round,
    ),
    Mutant(
        "nothing falls due",
        "1: transactions and the heartbeat alone make a block due",
        (Patch(Pacing, "_wanted_ms", _blind_to_due),),
        directed.an_idle_chain_makes_a_block_for_what_falls_due_and_no_other,
    ),
    Mutant(
        "clock looked at once",
        "1: a clock that was set moves nothing",
        (Patch(Pacing, "look_at_clock", nothing),),
        directed.an_idle_chain_makes_a_block_for_what_falls_due_and_no_other,
    ),
    Mutant(
        "mute without end",
        "V11: who never proposes keeps its turns",
        (Patch(ledger.validators.proposers, "_missed", nothing),),
        directed.a_mute_proposer_goes_to_the_end_and_comes_back,
    ),
    Mutant(
        "mute for ever",
        "V11: no sign of life brings a validator back",
        (Patch(ledger.validators.proposers, "_try_to_restore", nothing),),
        directed.a_mute_proposer_goes_to_the_end_and_comes_back,
    ),
    Mutant(
        "no evidence",
        "evidence: equivocation is not reported",
        (Patch(Tally, "_report", nothing),),
        directed.equivocation_is_punished,
    ),
    Mutant(
        "no conflict replies",
        "evidence: two halves never compare proposals",
        (Patch(height, "_answer_conflict", nothing),),
        directed.split_equivocation_is_punished,
    ),
)


def noticed_by(mutant: Mutant, seeds: Iterable[int]) -> tuple[str, str] | None:
    """Where the mutant shows, and how; None if nowhere."""
    with ExitStack() as stack:
        for patch in mutant.patches:
            stack.enter_context(patch.applied())
        stack.enter_context(stubbed_signatures(stubbed=True))
        if mutant.world is not None:
            return _played(mutant.world.__name__, mutant.world)
        for seed in seeds:
            found = _played(f"seed {seed}", Plan(seed).play_strictly)
            if found is not None:
                return found
    return None


def _played(where: str, world: Callable[[], None]) -> tuple[str, str] | None:
    try:
        world()
    except BROKEN as error:
        return where, getattr(error, "kind", type(error).__name__)
    return None


def main() -> int:
    """Play every mutant; 1 if one is not noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    missed = 0
    for mutant in MUTANTS:
        if arguments.only in mutant.name:
            found = noticed_by(mutant, range(1, arguments.seeds + 1))
            missed += found is None
            print(
                f"{mutant.name:<24} {mutant.rule:<58} {'NOT NOTICED' if found is None else ': '.join(found)}",
                flush=True,
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
