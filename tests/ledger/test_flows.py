"""What is kept of a unit's flows equals them at every time that may be asked for, however they are merged (E13)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.energy.flows import merged, part_until
from ledger.energy.schema import Flow

times = st.integers(0, 40)
flows = st.builds(
    lambda start, length, energy_wh: Flow(start + length, start, energy_wh), times, times, st.integers(-1_000, 1_000)
)


def after(kept: list[Flow], time_ms: int) -> int:
    return sum(flow.energy_wh - part_until(flow.energy_wh, flow.start_ms, flow.end_ms, time_ms) for flow in kept)


@given(st.lists(flows, max_size=30), st.sets(st.integers(0, 90), min_size=1, max_size=12).map(sorted))
def test_break_15_after_each_edge_there_is_as_much_as_before(given_flows: list[Flow], edges: list[int]) -> None:
    kept = merged(given_flows, edges)
    assert len(kept) <= len(edges)
    assert [after(kept, edge) for edge in edges] == [after(given_flows, edge) for edge in edges]
    assert kept == sorted(kept, key=lambda flow: (flow.end_ms, flow.start_ms))
    assert merged(kept, edges) == kept


@given(flows.filter(lambda flow: flow.energy_wh != 0), st.integers(0, 90))
def test_break_15_one_flow_alone_between_two_edges_stays_as_it_is(flow: Flow, edge: int) -> None:
    if edge < flow.start_ms:
        assert merged([flow], [edge]) == [flow]
