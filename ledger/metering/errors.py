"""The error of files that hold a meter's terms; what rules refuse are `ledger.errors.Refused` with a code."""

from __future__ import annotations

from ledger.errors import InvalidInput


class TermsError(InvalidInput):
    """A file of a meter's terms that is none, or lacks a consent that is needed."""

    code = "bad_terms_file"
