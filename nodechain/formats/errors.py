"""What is wrong with a file, for the person who imports it; one class, told apart by `code`.

UsageError                      exit 2
└── BadFile                         refused as a whole: nothing of it is taken
"""

from __future__ import annotations

from nodechain.errors import UsageError


class BadFile(UsageError):
    """A file that is not what its format says, or that nodechain does not take; nothing of it was used."""

    code = "bad_file"
    advice = "Nothing was taken from it. docs/formats.md says what is read of each format."


def too_large(what: str, limit: int) -> BadFile:
    """The error for a file beyond one of the limits."""
    return BadFile(f"more than {limit} {what}", code="file_too_large", advice="Split the file, by day or by point.")
