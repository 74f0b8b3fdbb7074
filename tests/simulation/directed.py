"""Worlds that are arranged instead of drawn: one known danger each, and what must come of it.

Each function plays one world and raises `Violation` if it ends wrongly. The named tests and the mutants use them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from consensus.messages import Commit, Message, Prepare, Proposal
from harness.chain import address
from ledger.chain.proposer import proposer
from ledger.chain.votes import VoteKind
from ledger.governance.payloads import CastVote, GovernanceTypeNumber, SetParameter
from ledger.validators.payloads import (
    AddValidator,
    RemoveValidator,
    ValidatorAlive,
    ValidatorsTypeNumber,
    possession_message,
)
from ledger.validators.proposers import FIRST_PAUSE_MS, MISSES_IN_A_ROW
from tests.simulation.arranging import (
    all_at,
    arranged,
    cut_off,
    has_prepared,
    in_turn,
    lies,
    prepared_by,
    round_of,
    some_transfers,
    wait,
)
from tests.simulation.checkers import Violation
from tests.simulation.community import Person
from tests.simulation.node import Node
from tests.simulation.world import World

TEN_MINUTES_MS = 600_000


# Decided by one, unknown to the others.


def decided_by_one_alone(*strategies: str) -> None:
    """COMMITs reach one only; it decides and is cut off. The next proposer may lie: no other block may win."""
    world = arranged()
    _first, second, _third, alone = in_turn(world, 1)
    if strategies:
        lies(world, second, *strategies)

    def only_alone_decides(_sender: bytes, receiver: bytes, message: Message) -> bool:
        return receiver == alone.peer or not (isinstance(message, Commit) and message.round == 0)

    world.passes = only_alone_decides
    wait(world, lambda: alone.app.height >= 1, "one validator decides")
    cut_off(world, alone)
    world.run_until(lambda: False, world.now_ms + 30_000)
    world.passes = None
    world.weather.heal()
    wait(world, all_at(world, 2), "all go on with the same block")


def a_liar_after_one_decided() -> None:
    """The same, and the second proposer brings a fresh block without a justification."""
    decided_by_one_alone("no_justification")


def locks_on_two_blocks(*strategies: str) -> None:
    """A prepared by one in round 0, B prepared by three in round 1 and decided by one: only B may win.

    The third proposer chooses between both claims; with strategies it lies.
    """
    world = arranged()
    first, _second, third, fourth = in_turn(world, 1)
    if strategies:
        lies(world, third, *strategies)

    def only_the_fourth_prepares(_sender: bytes, receiver: bytes, message: Message) -> bool:
        return receiver == fourth.peer or not (isinstance(message, Prepare) and message.round == 0)

    def only_the_first_decides(_sender: bytes, receiver: bytes, message: Message) -> bool:
        return only_the_fourth_prepares(_sender, receiver, message) and (
            receiver == first.peer or not isinstance(message, Commit)
        )

    world.passes = lambda *post: only_the_fourth_prepares(*post) and not isinstance(post[2], Commit)
    wait(world, lambda: has_prepared(fourth), "one validator prepares the first block")
    cut_off(world, fourth)
    world.passes = only_the_first_decides
    wait(world, lambda: first.app.height >= 1, "one validator decides the second block")
    if prepared_by(fourth) == world.checks.headers[1].hash():
        raise Violation("arrangement", "both blocks are the same one")
    world.weather.heal()
    cut_off(world, first)
    world.passes = lambda sender, receiver, message: (
        not isinstance(message, Proposal | Prepare | Commit) or message.round >= 2
    )
    world.run_until(lambda: False, world.now_ms + 40_000)
    world.passes = None
    world.weather.heal()
    wait(world, all_at(world, 2), "all go on with the block that was decided", within_ms=120_000)


def a_liar_between_two_locks() -> None:
    """The same, and who chooses takes the lower claim."""
    locks_on_two_blocks("lower_claim")


# Rounds.


def latecomer_joins_the_running_round() -> None:
    """Three are many rounds ahead; when one of them dies, the fourth must be with the others at once."""
    world = arranged()
    *ahead, late = in_turn(world, 1)
    cut_off(world, late)
    world.passes = lambda sender, receiver, message: not isinstance(message, Commit)
    wait(world, lambda: min(round_of(node) for node in ahead) >= 12, "twelve rounds", within_ms=300_000)
    world.passes = None
    ahead[0].crash()
    world.weather.heal()
    wait(world, lambda: late.app.height >= 1, "the fourth joins their round", within_ms=20_000)


def two_of_four_paused_for_half_an_hour() -> None:
    """No quorum for 30 minutes; then the chain goes on within a few rounds."""
    world = arranged()
    wait(world, all_at(world, 2), "two heights")
    paused = world.honest[:2]
    for node in paused:
        node.paused = True
    world.run_until(lambda: False, world.now_ms + 1_800_000)
    height = max(world.checks.headers)
    for node in paused:
        node.paused = False
    wait(world, all_at(world, height + 2), "the chain goes on", within_ms=30_000)


def one_runs_ahead_while_two_pause() -> None:
    """One of four is dead, two pause for a minute, the last one has nobody to change rounds with: they meet at once."""
    world = arranged()
    wait(world, all_at(world, 1), "a height")
    _alone, *paused, dead = world.honest
    dead.crash()
    for node in paused:
        node.paused = True
    world.run_until(lambda: False, world.now_ms + 70_000)
    for node in paused:
        node.paused = False
    wait(world, all_at(world, max(world.checks.headers) + 2), "three meet in one round", within_ms=40_000)


def restarted_where_one_followed_a_proposal() -> None:
    """One of three came into round 1 by its proposal and never asked for it; all restart, the proposer stays dead."""
    world = arranged()
    first, second, third, fourth = in_turn(world, 1)
    fourth.crash()

    def only_the_fourth_hears_of_a_block(_sender: bytes, receiver: bytes, message: Message) -> bool:
        if isinstance(message, Proposal):
            return message.round == 1 and receiver == fourth.peer
        return not isinstance(message, Prepare | Commit)

    world.passes = only_the_fourth_hears_of_a_block
    wait(world, lambda: _has_said(second, VoteKind.PROPOSAL, 1), "the second proposes in round 1")
    fourth.start()
    wait(world, lambda: _has_said(fourth, VoteKind.PREPARE, 1), "the fourth comes to it", within_ms=1_000)
    for node in (first, second, third, fourth):
        node.crash()
    world.passes = None
    for node in (first, third, fourth):
        node.start()
    wait(world, all_at(world, 2), "three leave the round together", within_ms=30_000)


def _has_said(node: Node, kind: VoteKind, round_: int) -> bool:
    state = node.replica.engine._state
    return state is not None and state.own_votes.has_signed(kind, round_)


def even_partition_heals() -> None:
    """Two and two: nothing is decided; afterwards everything is, within a few rounds."""
    world = arranged()
    wait(world, all_at(world, 1), "a height")
    peers = sorted(world.by_peer)
    world.weather.split(peers[:2], peers[2:])
    before = max(world.checks.headers)
    world.run_until(lambda: False, world.now_ms + 60_000)
    if max(world.checks.headers) > before + 1:
        raise Violation("fork", "a side without a quorum decided")
    world.weather.heal()
    wait(world, all_at(world, before + 3), "the chain goes on", within_ms=30_000)


# Crashes and lost disks.


def all_killed_in_mid_round() -> None:
    """All have prepared, nobody has decided, the power goes everywhere: the prepared block is decided afterwards."""
    world = arranged()
    some_transfers(world)
    world.passes = lambda sender, receiver, message: not isinstance(message, Commit)
    wait(world, lambda: all(has_prepared(node) for node in world.honest), "all have prepared")
    prepared = {prepared_by(node) for node in world.honest}
    for node in world.honest:
        node.crash()
    world.passes = None
    for node in world.honest:
        node.start()
    wait(world, all_at(world, 1), "the prepared block is decided")
    if {world.checks.headers[1].hash()} != prepared:
        raise Violation("lock", "another block was decided than all had prepared")


def wiped_validator_comes_back() -> None:
    """It has signed round changes with a claim, loses its disk and its memory, and comes back at the same height."""
    world = arranged()
    wait(world, all_at(world, 2), "two heights")
    world.passes = lambda sender, receiver, message: not isinstance(message, Commit)
    lost = world.honest[2]
    wait(world, lambda: round_of(lost) >= 2 and has_prepared(lost), "round changes with a claim")
    lost.crash()
    lost.wipe()
    # Without the proposal it can only follow by a round change, and it does not remember the one that it has sent.
    world.passes = lambda sender, receiver, message: (
        not (isinstance(message, Commit) or (isinstance(message, Proposal) and receiver == lost.peer))
    )
    lost.start()
    world.run_until(lambda: False, world.now_ms + 60_000)
    world.passes = None
    height = max(world.checks.headers)
    wait(world, all_at(world, height + 4), "all go on, the wiped one too", within_ms=120_000)
    wait(world, lambda: lost.replica.engine.is_signing, "the wiped validator signs again")


def old_backup_put_back() -> None:
    """Everything of one node, sign-state and chain, is from some heights ago."""
    world = arranged()
    wait(world, all_at(world, 2), "two heights")
    node = world.honest[1]
    backup = node.backup()
    wait(world, all_at(world, 5), "more heights")
    node.crash()
    node.restore(backup)
    node.start()
    wait(world, lambda: node.replica.engine.risk is not None, "it notices")
    height = max(world.checks.headers)
    wait(world, all_at(world, height + 4), "all go on")
    wait(world, lambda: node.replica.engine.is_signing, "it signs again")


def backup_within_the_open_height() -> None:
    """No certificate can prove it: the others tell what they have heard it say."""
    world = arranged()
    wait(world, all_at(world, 2), "two heights")
    node = world.honest[1]
    backup = node.backup()
    world.passes = lambda sender, receiver, message: not isinstance(message, Commit)
    wait(world, lambda: round_of(node) >= 1 and has_prepared(node), "it has prepared a block and changed the round")
    node.crash()
    node.restore(backup)
    node.start()
    wait(world, lambda: node.replica.engine.risk is not None, "it is told", within_ms=3_000)
    world.passes = None
    height = max(world.checks.headers)
    wait(world, all_at(world, height + 4), "all go on")
    wait(world, lambda: node.replica.engine.is_signing, "it signs again")


def two_of_four_lose_all_and_are_resumed() -> None:
    """Their disks are gone, an operator resumes both at once: one use is enough, also over a crash while they sync."""
    world = arranged()
    some_transfers(world)
    wait(world, all_at(world, 5), "five heights")
    lost = world.honest[1:3]
    for node in lost:
        node.crash()
    for node in lost:
        node.wipe()
        node.resume_unsafely()
        node.start()
    wait(world, lambda: lost[0].app.height >= 2, "one of them has begun to catch up")
    lost[0].crash()
    lost[0].start()
    wait(world, all_at(world, 8), "the chain goes on")
    wait(world, lambda: all(node.replica.engine.is_signing for node in lost), "both sign again")
    for node in lost:
        if node.safe_modes:
            raise Violation("overrule", f"{node.name} entered safe mode although an operator had answered for it")


# Sync.


def one_honest_among_lying_peers() -> None:
    """A node far behind, whose peers all lie about blocks and bodies but one."""
    world = arranged(7)
    late = world.honest[-1]
    late.crash()
    wait(world, all_at(world, 12), "twelve heights", within_ms=120_000)
    for node in world.honest[:5]:
        lies(world, node, "lying_sync", "lying_body", "boasting_status")
    late.start()
    wait(world, lambda: late.app.height >= 12, "it catches up", within_ms=120_000)


def newcomer_catches_up() -> None:
    """A hundred heights behind: with block sync it takes seconds, not a minute."""
    world = arranged()
    late = world.honest[-1]
    late.crash()
    wait(world, all_at(world, 100), "a hundred heights", within_ms=400_000)
    goal = max(world.checks.headers)
    late.start()
    wait(world, lambda: late.app.height >= goal, "it catches up", within_ms=6_000)


# Clocks.


def prepared_block_ahead_of_a_clock() -> None:
    """Three have prepared a block that is ten minutes ahead of the fourth's clock; one of the three dies."""
    world = arranged(drift_ms=0)
    *fast, right = in_turn(world, 1)
    for node in fast:
        node.skew_ms = TEN_MINUTES_MS
    world.passes = lambda sender, receiver, message: not isinstance(message, Commit)
    wait(world, lambda: all(has_prepared(node) for node in fast), "three have prepared")
    fast[0].crash()
    world.passes = None
    # Before it is the fourth's own turn to propose.
    wait(world, lambda: right.app.height >= 1, "the fourth accepts what a quorum has prepared", within_ms=3_500)


def one_block_ten_minutes_ahead() -> None:
    """All clocks were wrong once; when they are right again, blocks follow at the parent's time and a millisecond."""
    world = arranged()
    for node in world.nodes.values():
        node.skew_ms = TEN_MINUTES_MS
    wait(world, all_at(world, 1), "a first block")
    for node in world.nodes.values():
        node.skew_ms = 0
    wait(world, all_at(world, 5), "blocks after the one that is ahead")


def proposer_an_hour_ahead() -> None:
    """Its blocks are refused, the next proposer's are not, and it takes part all the same."""
    world = arranged()
    in_turn(world, 1)[0].skew_ms = 3_600_000
    wait(world, all_at(world, 6), "the others' blocks are decided", within_ms=120_000)


# Weight.


def block_too_heavy_for_a_round() -> None:
    """Machines on which a full block takes longer than the longest round: later rounds make lighter blocks."""
    world = arranged(block_weight=20_000)
    some_transfers(world, 240)
    for node in world.nodes.values():
        node.ms_per_weight = 10
    wait(world, all_at(world, 1), "a lighter block is decided", within_ms=900_000)


# Equivocation.


def equivocation_is_punished() -> None:
    """Both proposals come to everybody: the proposer is out of the set, once, and the rest goes on."""
    world = arranged()
    guilty = in_turn(world, 1)[0]
    lies(world, guilty, "two_proposals_to_all")
    _is_punished(world, guilty)


def split_equivocation_is_punished() -> None:
    """Each half sees one proposal only: they show each other what they have accepted."""
    world = arranged(7)
    guilty = in_turn(world, 1)[0]
    lies(world, guilty, "equivocating_proposer")
    _is_punished(world, guilty)


def _is_punished(world: World, guilty: Node) -> None:
    wait(world, lambda: sum(world.checks.offences.values()) > 0, "the offence is punished", within_ms=120_000)
    height = max(world.checks.headers)
    wait(world, all_at(world, height + 3), "the others go on")
    honest = world.honest[0]
    if honest.app.parent.validators.by_address(guilty.key.address) is not None:
        raise Violation("unpunished", "the offender still validates")


# Changes of the set.


def _submit(world: World, *transactions: bytes) -> None:
    for raw in transactions:
        for node in world.honest:
            node.submit(raw)


def _addition(world: World, node: Node) -> AddValidator:
    message = possession_message(world.genesis.hash, node.key.key, address("A"), 0)
    return AddValidator(node.key.key, address("A"), "newcomer", node.key.sign(message))


def a_fifth_validator_is_voted_in() -> None:
    """It has followed the chain and shown that it runs; from the next height on it counts: one other may die."""
    world = arranged(followers=("newcomer",))
    newcomer = world.nodes["newcomer"]
    voter = Person("A", world.genesis.identity)
    wait(world, all_at(world, 2), "the follower follows")
    alive = possession_message(world.genesis.hash, newcomer.key.key, address("A"), 1)
    shown = ValidatorAlive(newcomer.key.key, 1, newcomer.key.sign(alive))
    _submit(
        world,
        voter.sign(ValidatorsTypeNumber.VALIDATOR_ALIVE, shown),
        voter.sign(GovernanceTypeNumber.CAST_VOTE, CastVote(_addition(world, newcomer), True)),
    )
    wait(world, lambda: newcomer.replica.engine.is_signing, "the newcomer signs")
    if len(newcomer.app.parent.validators.members) != 5:
        raise Violation("set", "there are not five validators")
    world.honest[0].crash()
    height = max(world.checks.headers)
    wait(world, all_at(world, height + 6), "four of five go on")


def a_validator_that_never_comes_up_is_not_added() -> None:
    """Nobody has seen the key running: the vote fails, and the chain goes on with four."""
    world = arranged(followers=("ghost",))
    ghost = world.nodes["ghost"]
    ghost.crash()
    voter = Person("A", world.genesis.identity)
    _submit(world, voter.sign(GovernanceTypeNumber.CAST_VOTE, CastVote(_addition(world, ghost), True)))
    wait(world, all_at(world, 5), "the chain goes on")
    if len(world.checks.included) != 1 or len(world.honest[0].app.parent.validators.members) != 4:
        raise Violation("set", "the vote was not taken, or the set has changed")


def the_proposer_is_voted_out() -> None:
    """Every validator but one is voted out, one after the other, whoever's turn it is; the last one stays."""
    world = arranged()
    voter = Person("A", world.genesis.identity)
    for left in (3, 2, 1):
        height = max([0, *world.checks.headers])
        wait(world, all_at(world, height + 1), "a height")
        node = next(node for node in world.honest if node.is_up)
        validators = node.app.parent.validators
        next_proposer = validators.members[proposer(validators, node.app.height + 2, 0)]
        _submit(
            world, voter.sign(GovernanceTypeNumber.CAST_VOTE, CastVote(RemoveValidator(next_proposer.address), True))
        )
        wait(world, _set_has(world, left), f"{left} are left")
        wait(world, all_at(world, max(world.checks.headers) + 2), "they go on, and the others follow")
    last = world.honest[0].app.parent.validators.members[0]
    _submit(world, voter.sign(GovernanceTypeNumber.CAST_VOTE, CastVote(RemoveValidator(last.address), True)))
    wait(world, all_at(world, max(world.checks.headers) + 3), "the last one goes on")
    if not _set_has(world, 1)():
        raise Violation("set", "nobody is left")


def a_mute_proposer_goes_to_the_end_and_comes_back() -> None:
    """One of four never proposes: after three turns its heights cost no round; once it does, it has its turns again."""
    world = arranged(heartbeat_ms=1_000)
    mute = in_turn(world, 1)[0]
    lies(world, mute, "mute_proposer")
    some = world.honest[0]

    def muted() -> bool:
        return mute.key.address in some.app.parent.validators.muted

    wait(world, muted, "the mute one goes to the end")
    lost = sum(number for round_, number in world.checks.rounds.items() if round_)
    if lost != MISSES_IN_A_ROW:
        raise Violation("mute", f"{lost} heights lost a round before the mute one was put last")
    height = world.highest_head()
    wait(world, all_at(world, height + 12), "three turns of each go by")
    if sum(number for round_, number in world.checks.rounds.items() if round_) != lost:
        raise Violation("mute", "a validator that was put last costs a round all the same")
    del world.byzantine[mute.name]
    if not muted():
        raise Violation("mute", "it has come back before its pause was over")
    wait(world, lambda: not muted(), "it comes back", within_ms=FIRST_PAUSE_MS + 10_000)
    height = world.highest_head()
    wait(world, all_at(world, height + 8), "two turns of each go by")
    made = [world.checks.headers[number].proposer for number in range(height + 1, height + 9)]
    if made.count(mute.key.address) != 2:
        raise Violation("mute", "it does not have its turns again")


def an_idle_chain_makes_a_block_for_what_falls_due_and_no_other() -> None:
    """A vote ends after ten minutes: one block then, though one clock is wrong and two are set meanwhile."""
    voters = tuple(sorted(address(name) for name in ("A", "B")))
    world = arranged(heartbeat_ms=6 * 3_600_000, voters=voters, parameters=(("vote_lifetime", TEN_MINUTES_MS),))
    slow, _right, *set_later = in_turn(world, 2)
    slow.skew_ms = -3 * TEN_MINUTES_MS
    for node in set_later:
        node.skew_ms = -2 * TEN_MINUTES_MS
    voter = Person("A", world.genesis.identity)
    _submit(world, voter.sign(GovernanceTypeNumber.CAST_VOTE, CastVote(SetParameter("M", 1), True)))
    wait(world, all_at(world, 1), "a vote is open")
    due_ms = world.checks.headers[1].next_due_ms - world.genesis.time_ms
    world.run_until(lambda: False, due_ms // 2)
    for node in set_later:
        node.skew_ms = 0
    world.run_until(lambda: False, due_ms - 1)
    if world.highest_head() != 1:
        raise Violation("idle", f"{world.highest_head() - 1} blocks were made though nothing was due")
    wait(world, all_at(world, 2), "the vote has ended", within_ms=5_000)
    if world.checks.headers[2].next_due_ms:
        raise Violation("idle", "what fell due was not worked off")
    world.run_until(lambda: False, due_ms + TEN_MINUTES_MS)
    if world.highest_head() != 2:
        raise Violation("idle", f"{world.highest_head() - 2} blocks were made though nothing waits any more")


def _set_has(world: World, count: int) -> Callable[[], bool]:
    return lambda: all(len(node.app.parent.validators.members) == count for node in world.honest)


WORLDS: Final = (
    decided_by_one_alone,
    a_liar_after_one_decided,
    locks_on_two_blocks,
    a_liar_between_two_locks,
    latecomer_joins_the_running_round,
    two_of_four_paused_for_half_an_hour,
    one_runs_ahead_while_two_pause,
    restarted_where_one_followed_a_proposal,
    even_partition_heals,
    all_killed_in_mid_round,
    wiped_validator_comes_back,
    old_backup_put_back,
    backup_within_the_open_height,
    two_of_four_lose_all_and_are_resumed,
    one_honest_among_lying_peers,
    newcomer_catches_up,
    prepared_block_ahead_of_a_clock,
    one_block_ten_minutes_ahead,
    proposer_an_hour_ahead,
    block_too_heavy_for_a_round,
    equivocation_is_punished,
    split_equivocation_is_punished,
    a_fifth_validator_is_voted_in,
    a_validator_that_never_comes_up_is_not_added,
    the_proposer_is_voted_out,
    a_mute_proposer_goes_to_the_end_and_comes_back,
    an_idle_chain_makes_a_block_for_what_falls_due_and_no_other,
)
