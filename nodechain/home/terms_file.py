"""TOML files of terms that a founder or a manager writes: of schemes, groups, tariffs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from pydantic import ValidationError

from ledger.errors import InvalidInput
from nodechain.errors import UsageError
from nodechain.files.toml_text import BadToml, parse_toml
from nodechain.files.user_file import read_user_file
from nodechain.home.file_tables import first_fault

T = TypeVar("T")


class TermsFile(msgspec.Struct, frozen=True):
    """A kind of such files: its name, how large one may be, the code of its errors, the page that tells of it."""

    what: str
    most_bytes: int
    code: str
    page: str

    def read(self, path: Path, build: Callable[[dict[str, Any]], T]) -> T:
        """What `build` makes of the file's tables; raises `NotFound` (file_not_found), `UsageError` with the code."""
        try:
            return build(parse_toml(read_user_file(path, self.most_bytes, self.what)))
        except BadToml as error:
            raise self.wrong(f"{path} is no TOML: {error}") from None
        except ValidationError as error:
            raise self.wrong(f"{path}: {first_fault(error)}") from None
        except InvalidInput as error:
            raise self.wrong(f"{path}: {error.detail}") from error

    def wrong(self, detail: str) -> UsageError:
        """The error of such a file."""
        return UsageError(detail, code=self.code, advice=f"See {self.page} for what stands in the file.")
