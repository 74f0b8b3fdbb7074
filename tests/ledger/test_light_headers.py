"""Following headers: what a light client accepts, and one forgery or more against each of its rules (H1 to H10).

Each forgery breaks one rule only: with that rule switched off it is accepted, so nothing else holds it back.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from harness.chain import address, make_genesis, secret
from harness.light_chain import CHAIN, STEP_MS, LightChain, entries, header, key_of, set_named, signed
from ledger.chain.blocks import Chain, genesis_block
from ledger.chain.genesis import ConsensusMode, GenesisValidator
from ledger.chain.header import CommitSignature
from ledger.encoding.codec import encode
from ledger.errors import LightError
from ledger.light import headers
from ledger.light.headers import LIGHT_BLOCK, LightBlock, SetMember, Trusted, TrustTerms, follow, require_fresh
from nodechain.modules import REGISTRY


def long_chain() -> LightChain:
    """Ten blocks of V W X Y; Y hands over to Z at 5; all others leave one by one until 9."""
    chain = LightChain()
    chain.grow(5, following=("V", "W", "X", "Z"))
    chain.grow(2, following=("V", "W", "A", "Z"))
    chain.grow(2, following=("V", "B", "A", "Z"))
    chain.grow(2, following=("C", "B", "A", "Z"))
    chain.grow(3)
    return chain


def test_headers_one_after_the_other() -> None:
    chain = long_chain()
    trusted = chain.trusted()
    for block in chain.blocks[1:]:
        trusted = follow(chain.terms, trusted, block, chain.now_ms)
    assert trusted.hash == chain.head.hash()
    assert trusted.validators == set_named("C", "B", "A", "Z")


@pytest.mark.parametrize("mode", list(ConsensusMode))
def test_a_skip_within_one_set_needs_nothing_between(mode: ConsensusMode) -> None:
    chain = LightChain(mode=mode)
    chain.grow(100)
    assert follow(chain.terms, chain.trusted(), chain.blocks[100], chain.now_ms) == chain.trusted(100)


def test_a_skip_over_changes_while_the_trusted_set_vouches() -> None:
    chain = long_chain()
    assert follow(chain.terms, chain.trusted(), chain.blocks[8], chain.now_ms).header.height == 8


@pytest.mark.parametrize("height", [12, 14])
def test_a_skip_beyond_what_the_trusted_set_vouches_for_asks_for_the_change_between(height: int) -> None:
    chain = long_chain()
    with pytest.raises(LightError) as refused:
        follow(chain.terms, chain.trusted(), chain.blocks[height], chain.now_ms)
    assert refused.value.code == headers.SKIPPED_TOO_FAR
    trusted = follow(chain.terms, chain.trusted(), chain.blocks[8], chain.now_ms)
    assert follow(chain.terms, trusted, chain.blocks[height], chain.now_ms) == chain.trusted(height)


def test_authorities_are_followed_change_by_change() -> None:
    chain = LightChain(mode=ConsensusMode.POA)
    chain.grow(3, following=("V", "W", "X", "Z"))
    chain.grow(3)
    with pytest.raises(LightError) as refused:
        follow(chain.terms, chain.trusted(), chain.blocks[5], chain.now_ms)
    assert refused.value.code == headers.SKIPPED_TOO_FAR
    trusted = follow(chain.terms, chain.trusted(), chain.blocks[3], chain.now_ms)
    assert follow(chain.terms, trusted, chain.blocks[5], chain.now_ms) == chain.trusted(5)


def test_after_the_trusting_period_changes_are_followed_in_turn() -> None:
    chain = long_chain()
    late = chain.blocks[0].header.time_ms + headers.TRUSTING_MS
    follow(chain.terms, chain.trusted(), chain.blocks[8], late - 1)
    with pytest.raises(LightError) as refused:
        follow(chain.terms, chain.trusted(), chain.blocks[8], late)
    assert refused.value.code == headers.SKIPPED_TOO_FAR
    trusted = chain.trusted()
    for height in (5, 7, 9, 11, 14):
        trusted = follow(chain.terms, trusted, chain.blocks[height], late)
    assert trusted == chain.trusted(14)


def test_members_may_be_left_out_where_they_are_known() -> None:
    chain = long_chain()
    bare = replace(chain.blocks[6], members=())
    assert follow(chain.terms, chain.trusted(5), bare, chain.now_ms) == chain.trusted(6)
    with pytest.raises(LightError) as refused:
        follow(chain.terms, chain.trusted(0), bare, chain.now_ms)
    assert refused.value.code == "bad_set"


def test_a_head_that_is_too_old_is_stale() -> None:
    chain = LightChain()
    chain.grow(2)
    require_fresh(chain.head.time_ms, chain.head.time_ms + 5_000, 5_000)
    with pytest.raises(LightError) as refused:
        require_fresh(chain.head.time_ms, chain.head.time_ms + 5_001, 5_000)
    assert refused.value.code == "stale_head"


def test_a_light_block_has_one_encoding() -> None:
    block = long_chain().blocks[5]
    assert LIGHT_BLOCK.decode(encode(block)) == block


# One rule broken at a time.

Forgery = Callable[[LightChain], tuple[Trusted, LightBlock]]
NEXT = ("V", "W", "X", "Y")


def other_chain(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(4, NEXT, chain_id="light-ffffffff")


def other_form(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(4, NEXT, format=2)


def fallen_version(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(4, NEXT, version=0)


def ignorant_proposer(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(4, NEXT, version=2)


def upgraded(chain: LightChain) -> tuple[Trusted, LightBlock]:
    """No forgery: the next header, of a protocol version that nobody here knows."""
    return chain.trusted(3), chain.forged(4, NEXT, version=7, known_version=9)


def earlier(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.blocks[2]


def same_height(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(3, NEXT, state_root=bytes(32), time_ms=chain.now_ms)


def same_time(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(4, NEXT, time_ms=chain.blocks[3].header.time_ms)


def invented_set(chain: LightChain) -> tuple[Trusted, LightBlock]:
    """The header names the true set, the block brings another one that signs."""
    made = header(4, chain.trusted(3).hash, NEXT, NEXT)
    false = ("A", "B", "C", "D")
    return chain.trusted(3), LightBlock(made, signed(made, false, false), entries(*false), ())


def more_power(chain: LightChain) -> tuple[Trusted, LightBlock]:
    block = chain.forged(4, NEXT, signers=("V",))
    strong = tuple(SetMember(key, 100 if key == key_of("V") else 1) for key, _ in _pairs(block))
    return chain.trusted(3), replace(block, members=strong)


def one_member_often(chain: LightChain) -> tuple[Trusted, LightBlock]:
    """A true member stands four times in the set, so that its signatures are a quorum; a change of a set of one."""
    block = chain.forged(4, ("V",))
    (entry,) = block.certificate.signatures
    many = replace(block.certificate, signatures=tuple(CommitSignature(place, entry.signature) for place in range(4)))
    return chain.trusted(3), replace(block, members=entries("V") * 4, certificate=many)


def false_heirs(chain: LightChain) -> tuple[Trusted, LightBlock]:
    """The next set is not the one that the header hands over to."""
    return chain.trusted(3), replace(chain.forged(4, NEXT), next_members=entries("A", "B", "C", "D"))


def too_few(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(4, NEXT, signers=("V", "W"))


def nobody(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(4, NEXT, signers=())


def one_signs_thrice(chain: LightChain) -> tuple[Trusted, LightBlock]:
    block = chain.forged(4, NEXT, signers=("V",))
    return chain.trusted(3), replace(
        block, certificate=replace(block.certificate, signatures=block.certificate.signatures * 3)
    )


def a_false_signature(chain: LightChain) -> tuple[Trusted, LightBlock]:
    block = chain.forged(4, NEXT, signers=("V", "W", "X"))
    *others, last = block.certificate.signatures
    false = CommitSignature(last.validator, others[0].signature)
    return chain.trusted(3), replace(block, certificate=replace(block.certificate, signatures=(*others, false)))


def of_another_round(chain: LightChain) -> tuple[Trusted, LightBlock]:
    block = chain.forged(4, NEXT)
    return chain.trusted(3), replace(block, certificate=replace(block.certificate, round=1))


def of_another_block(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), replace(
        chain.forged(4, NEXT, state_root=bytes(32)), certificate=chain.blocks[4].certificate
    )


def other_parent(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(4, NEXT, parent=bytes(32))


def usurpers(chain: LightChain) -> tuple[Trusted, LightBlock]:
    """The next block, decided by a set that nobody handed over to."""
    return chain.trusted(3), chain.forged(4, ("A", "B", "C", "D"))


def usurpers_later(chain: LightChain) -> tuple[Trusted, LightBlock]:
    """A skip to a set of which a third of the power, and not more, comes from the trusted one."""
    chain = LightChain(("V", "W", "X"))
    chain.grow(9)
    return chain.trusted(3), chain.forged(7, ("V", "A", "B"))


def silent_members(chain: LightChain) -> tuple[Trusted, LightBlock]:
    """Enough of the trusted set is in the other one, but did not sign."""
    return chain.trusted(3), chain.forged(7, ("V", "W", "A", "B", "C", "D", "E", "F"), signers="ABCDEF")


def old_and_stolen(chain: LightChain) -> tuple[Trusted, LightBlock]:
    """Keys of a set that was in charge three weeks ago vouch for another one."""
    return chain.trusted(3), chain.forged(
        7, ("V", "W", "X", "A"), time_ms=chain.blocks[3].header.time_ms + 21 * 86_400_000
    )


def from_tomorrow(chain: LightChain) -> tuple[Trusted, LightBlock]:
    return chain.trusted(3), chain.forged(4, NEXT, time_ms=chain.now_ms + headers.AHEAD_MS + 1)


def _pairs(block: LightBlock) -> list[tuple[bytes, int]]:
    return [(member.key, member.power) for member in block.members]


FORGERIES: list[tuple[Callable[..., None], str, Forgery]] = [
    (headers.is_of_this_chain, "wrong_chain", other_chain),
    (headers.is_of_this_chain, "wrong_chain", other_form),
    (headers.version_stands, "version_fell", fallen_version),
    (headers.version_stands, "version_fell", ignorant_proposer),
    (headers.is_later, "not_later", earlier),
    (headers.is_later, "not_later", same_height),
    (headers.is_later, "not_later", same_time),
    (headers.sets_are_the_headers, "bad_set", invented_set),
    (headers.sets_are_the_headers, "bad_set", more_power),
    (headers.sets_are_the_headers, "bad_set", false_heirs),
    (headers.quorum_decided, "bad_certificate", too_few),
    (headers.quorum_decided, "bad_certificate", nobody),
    (headers.quorum_decided, "bad_certificate", one_signs_thrice),
    (headers.quorum_decided, "bad_certificate", a_false_signature),
    (headers.quorum_decided, "bad_certificate", of_another_round),
    (headers.quorum_decided, "bad_certificate", of_another_block),
    (headers.continues, "does_not_continue", other_parent),
    (headers.continues, "does_not_continue", usurpers),
    (headers.trusted_set_vouches, headers.SKIPPED_TOO_FAR, usurpers_later),
    (headers.trusted_set_vouches, headers.SKIPPED_TOO_FAR, silent_members),
    (headers.trust_lasts, headers.SKIPPED_TOO_FAR, old_and_stolen),
    (headers.is_not_ahead, "from_the_future", from_tomorrow),
]


def test_a_follower_crosses_an_upgrade_that_it_does_not_know() -> None:
    chain = LightChain()
    chain.grow(9)
    trusted, block = upgraded(chain)
    after = follow(chain.terms, trusted, block, chain.now_ms)
    assert (after.header.version, after.header.known_version) == (7, 9)
    # And there is no way back.
    following = replace(block, header=replace(chain.blocks[5].header, parent=after.hash))
    with pytest.raises(LightError) as refused:
        follow(chain.terms, after, following, chain.now_ms)
    assert refused.value.code == "version_fell"


@pytest.mark.parametrize(("rule", "code", "forgery"), FORGERIES, ids=[forgery.__name__ for _, _, forgery in FORGERIES])
def test_each_forgery_is_held_back_by_its_rule_alone(
    rule: Callable[..., None], code: str, forgery: Forgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = LightChain()
    chain.grow(9)
    trusted, block = forgery(chain)
    now_ms = max(chain.now_ms, block.header.time_ms if forgery is old_and_stolen else 0)
    with pytest.raises(LightError) as refused:
        follow(chain.terms, trusted, block, now_ms)
    assert refused.value.code == code
    monkeypatch.setattr(headers, "RULES", tuple(each for each in headers.RULES if each is not rule))
    assert follow(chain.terms, trusted, block, now_ms).hash == block.header.hash()


def test_every_rule_has_a_forgery() -> None:
    assert {rule for rule, _, _ in FORGERIES} == set(headers.RULES)


def test_a_member_that_stands_in_a_set_often_counts_once() -> None:
    chain = LightChain()
    chain.grow(9)
    trusted, block = one_member_often(chain)
    with pytest.raises(LightError) as refused:
        follow(chain.terms, trusted, block, chain.now_ms)
    assert refused.value.code == "bad_set"


def test_terms_may_be_stricter() -> None:
    chain = long_chain()
    strict = TrustTerms(CHAIN, ConsensusMode.PBFT, trusting_ms=STEP_MS, ahead_ms=0)
    with pytest.raises(LightError):
        follow(strict, chain.trusted(), chain.blocks[8], chain.now_ms)


def test_break_4_the_first_set_follows_from_the_genesis_alone() -> None:
    names = ("V", "W", "X", "Y")
    validators = tuple(GenesisValidator(secret(name).public_key[1:], address(name), name.lower()) for name in names)
    genesis = make_genesis(validators=validators)
    block = genesis_block(Chain(REGISTRY, genesis))
    assert headers.first_set(genesis).hash == block.header.next_validators_hash == block.header.validators_hash
