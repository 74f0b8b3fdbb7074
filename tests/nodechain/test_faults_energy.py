"""Faults L4, L15 and L16 as people meet them: the commands about energy, units and votes on a development chain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.nodechain.test_cli_walk import Chain

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    chain = Chain(tmp_path_factory.mktemp("energy") / "home")
    yield chain
    assert chain.node.stop() == 0


def passed(chain: Chain, *action: str) -> None:
    """Both voters of the development chain say yes."""
    assert chain.run("vote", *action, "--from", "alice").code == 0
    said = chain.run("vote", *action, "--from", "bob")
    closed = [event for event in said.data["receipt"]["events"] if event["kind"] == "vote_closed"]
    assert [event["outcome"] for event in closed] == ["passed"]


def test_l16_in_a_shared_surplus_producing_costs_nothing_and_drawing_is_relieved(chain: Chain) -> None:
    assert chain.run("unit", "produced", "alice", "10 kWh", "--from", "battery").code == 0
    assert chain.run("unit", "actual", "12 kWh", "--from", "battery").code == 0
    energy = chain.run("energy").data
    assert energy["gap"] == "surplus"
    assert energy["rate"]["tokens"] == "0.1"
    assert energy["minting_rate"]["tokens"] == "0"
    assert energy["burning_rate"]["tokens"] == "-0.1"
    assert energy["kwh_to_balance_by_production"] is None
    assert energy["kwh_to_balance_by_drawing"] == "20.000"
    text = chain.text("energy").out
    assert "producing costs:       0 ENT/kWh\n" in text
    assert "drawing costs:         -0.1 ENT/kWh\n" in text
    assert "balanced after:        20 kWh drawn\n" in text


def test_l16_in_a_deficit_producing_and_drawing_close_the_gap(chain: Chain) -> None:
    assert chain.run("unit", "actual", "8 kWh", "--from", "battery").code == 0
    passed(chain, "set-param", "M", "0.05")
    energy = chain.run("energy").data
    assert (energy["gap"], energy["minting_rate"]["tokens"], energy["burning_rate"]["tokens"]) == (
        "deficit",
        "0.05",
        "0.1",
    )
    assert "balanced after:        40 kWh produced or 20 kWh drawn\n" in chain.text("energy").out


def test_l4_terms_are_voted_and_shown(chain: Chain) -> None:
    stated = ("--efficiency", "90 %", "--standing-loss", "200 Wh", "--technology", "lithium-ion")
    passed(chain, "change-unit", "battery", *stated, "--reserve", "1 kWh")
    unit = chain.run("unit", "show", "battery").data["unit"]
    assert (unit["capacity_wh"], unit["efficiency"], unit["standing_wh"], unit["reserve_wh"]) == (
        100_000,
        "90%",
        200,
        1_000,
    )
    assert (unit["technology"], unit["lost_wh"], unit["loss_limit_wh"], unit["losing"]) == (
        "lithium_ion",
        4_000,
        20_000,
        False,
    )
    again = chain.run("vote", "change-unit", "battery", "--efficiency", "90 %", "--from", "alice")
    assert again.error["code"] == "unchanged"
    assert chain.run("keys", "new", "battery2", "--light").code == 0
    passed(chain, "register-unit", "battery2", "carol", "--capacity", "10 kWh", *stated)
    assert chain.run("units", "battery2").data["unit"]["efficiency"] == "90%"


def test_l4_a_unit_that_loses_is_named_by_event_and_command(chain: Chain) -> None:
    lost = chain.run("unit", "actual", "5 kWh", "--from", "battery").data
    assert "losses_noticed" in [event["kind"] for event in lost["receipt"]["events"]]
    assert chain.run("unit", "show", "battery").data["unit"]["losing"] is True
    assert "losing:        yes\n" in chain.text("unit", "show", "battery").out


def test_l15d_a_vote_for_the_value_in_force_is_refused(chain: Chain) -> None:
    assert chain.run("vote", "set-param", "C", "5 %", "--from", "alice").error["code"] == "unchanged"


def test_l15f_tokens_are_annulled_of_an_expelled_account_only(chain: Chain) -> None:
    refused = chain.run("vote", "annul", "dave", "battery", "1", "--from", "alice")
    assert refused.error["code"] == "not_expelled"
