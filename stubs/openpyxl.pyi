"""What nodechain uses of openpyxl, so that types are checked without the extra `xlsx`."""

from collections.abc import Iterator
from typing import BinaryIO

class Sheet:
    def iter_rows(self, *, values_only: bool) -> Iterator[tuple[object, ...]]: ...

class Workbook:
    sheetnames: list[str]
    def __getitem__(self, name: str) -> Sheet: ...

def load_workbook(file: BinaryIO, *, read_only: bool, data_only: bool) -> Workbook: ...
