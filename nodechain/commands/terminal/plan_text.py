"""A planned upgrade in words. `status` needs them too, and no rule of the ledger."""

from __future__ import annotations

from typing import Any

from nodechain.client.answers.status import PlannedUpgrade


def plan_text(plan: dict[str, Any], now: int) -> str:
    """What an upgrade does, in a sentence; `now` is the version in force."""
    done = []
    if plan["version"] != now:
        done.append(f"protocol version {plan['version']} takes the place of {now}")
    if plan["module"]:
        done.append(f"the module {plan['module']} is switched on")
    text = f"from height {plan['height']} on " + " and ".join(done or [f"version {now} stays"])
    return f"{text}; to install: {plan['release']}" if plan["release"] else text


def ready_text(upgrade: PlannedUpgrade) -> str:
    """Who is ready for a planned upgrade."""
    share = f"{upgrade['ready_power']} of {upgrade['total_power']} power is ready"
    return share if upgrade["enough"] else f"{share}, more than two thirds are needed"
