"""Recovery phrases on their way to the person: once, on the terminal or in a file of their own; never on stdout."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nodechain.files.durable_file import create_file
from nodechain.files.user_file import check_absent


def check_free(file: Path | None) -> None:
    """Raises `UsageError` (file_exists, not_a_file) before any key is made: a phrase never overwrites another one."""
    if file is not None:
        check_absent(file)


def hand_over(phrase: str, file: Path | None) -> None:
    """Write the phrase into `file` (for its owner only), or show it where a person sees it and no log keeps it."""
    if file is not None:
        create_file(file, (phrase + "\n").encode())
        click.echo(f"The recovery phrase is in {file}. Keep it off this machine.", err=True)
    elif sys.stderr.isatty():
        click.echo(f"\nRecovery phrase, shown once. Write it down:\n\n  {phrase}\n", err=True)
    else:
        click.echo("The recovery phrase is not shown here; back up the key files, or use --mnemonic-file.", err=True)
