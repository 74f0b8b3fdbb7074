"""One digit of a bill changed where a member has it: in the attachment of its PDF, or in its HTML."""

from __future__ import annotations

import base64
import io
import random
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from nodechain.billing.forms import bill_in_file

BILL_NAME: Final = "bill.json"

CHECKS = frozenset({"bad_bill", "bad_proof", "root_mismatch", "proof_mismatch", "other_chain", "not_final"})
"""What `bill verify` answers to a bill whose text is not what the chain has the hash of."""


def with_other_digit(file: Path, target: Path, chance: random.Random) -> Path:
    """A copy with another digit in one place of the canonical bill, its proof as it was."""
    content = file.read_bytes()
    data, _proof = bill_in_file(file, content)
    places = [place for place, character in enumerate(data) if chr(character).isdigit()]
    place = chance.choice(places)
    other = str((int(chr(data[place])) + chance.randrange(1, 10)) % 10).encode()
    changed = data[:place] + other + data[place + 1 :]
    if file.suffix == ".pdf":
        target.write_bytes(_with_attachment(content, changed))
    else:
        target.write_bytes(content.replace(base64.b64encode(data), base64.b64encode(changed)))
    assert bill_in_file(target, target.read_bytes())[0] == changed
    return target


def _with_attachment(content: bytes, changed: bytes) -> bytes:
    """The PDF with another bill attached, and all else as it was."""
    pypdf: Any = import_module("pypdf")
    generic: Any = import_module("pypdf.generic")
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(content)))
    listed = writer.root_object["/Names"]["/EmbeddedFiles"]["/Names"]
    (place,) = [number for number in range(0, len(listed), 2) if listed[number] == BILL_NAME]
    stream = generic.DecodedStreamObject()
    stream.set_data(changed)
    packed = stream.flate_encode()
    packed[generic.NameObject("/Type")] = generic.NameObject("/EmbeddedFile")
    held = writer._add_object(packed)
    file = listed[place + 1].get_object()
    file[generic.NameObject("/EF")] = generic.DictionaryObject(
        {generic.NameObject("/F"): held, generic.NameObject("/UF"): held}
    )
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
