"""Sharing energy: files of network operators, schemes, runs.

The group alone; its commands stand on pages of their own and are joined in `cli.py`.
"""

from __future__ import annotations

import click


@click.group()
def sharing() -> None:
    """Sharing energy by rule: what was measured, who gets which part, and the files of network operators."""
