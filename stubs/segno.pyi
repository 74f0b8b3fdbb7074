from collections.abc import Sequence

class QRCode:
    matrix: Sequence[bytearray]

def make(content: str, *, error: str = ..., micro: bool = ...) -> QRCode: ...
