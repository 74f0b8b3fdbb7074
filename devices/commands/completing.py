"""What a shell offers for an argument: the profiles that come with nodechain."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from devices.catalogue import meter_profile_ids


def profiles(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of register profiles that begin as typed."""
    del context, parameter
    return [CompletionItem(name) for name in meter_profile_ids() if name.startswith(incomplete)]
