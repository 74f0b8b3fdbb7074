from collections.abc import Callable, Sequence
from typing import BinaryIO

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas

class Flowable: ...

class Paragraph(Flowable):
    def __init__(self, text: str, style: ParagraphStyle) -> None: ...

class Spacer(Flowable):
    def __init__(self, width: float, height: float) -> None: ...

class TableStyle:
    def __init__(self, cmds: Sequence[tuple[object, ...]]) -> None: ...

class Table(Flowable):
    def __init__(
        self,
        data: Sequence[Sequence[object]],
        *,
        colWidths: Sequence[float] = ...,
        repeatRows: int = ...,
        hAlign: str = ...,
    ) -> None: ...
    def setStyle(self, style: TableStyle) -> None: ...

class SimpleDocTemplate:
    width: float
    page: int
    def __init__(self, filename: BinaryIO, **kw: object) -> None: ...
    def build(
        self,
        flowables: list[Flowable],
        onFirstPage: Callable[[Canvas, SimpleDocTemplate], None] = ...,
        onLaterPages: Callable[[Canvas, SimpleDocTemplate], None] = ...,
    ) -> None: ...
