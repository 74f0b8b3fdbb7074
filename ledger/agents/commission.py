"""What an agent gets of what it sells for its owner (rule AG9)."""

from __future__ import annotations

from ledger.agents.authorising import authorisation_in_force
from ledger.agents.events import AgentPaid
from ledger.bank.balances import balance, move
from ledger.bank.points import tell_came_in
from ledger.chain.context import Context
from ledger.chain.parameters import PARTS
from ledger.governance.members import is_member


def pay_commission(context: Context, owner: bytes, agent: bytes, asset: int, amount: int) -> None:
    """Of what one trade, or one order on arrival, brought: the agent's part, rounded down, after debts (AG9)."""
    found = authorisation_in_force(context, owner, agent)
    if found is None or not found.terms.commission or not is_member(context, agent):
        return
    part = min(amount * found.terms.commission // PARTS, balance(context.state, owner, asset).available)
    if part:
        move(context.state, owner, agent, asset, part)
        context.emit(AgentPaid(owner, agent, asset, part))
        tell_came_in(context, agent, asset)
