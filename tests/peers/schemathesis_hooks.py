"""What Schemathesis loads when it asks a node: values that are there on its chain, and a count of what came back.

Runs in the environment of the peers, which has nothing of ours.
"""

from __future__ import annotations

import atexit
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Final

import schemathesis
from hypothesis import strategies as st

VALUES: Final = "NODECHAIN_PEER_VALUES"
"""Names the file with values; the counts are written beside it."""

_file = Path(os.environ[VALUES])
_values = json.loads(_file.read_text())
_answers: Counter[str] = Counter()

for _name, _known in _values["formats"].items():
    schemathesis.openapi.format(_name, st.sampled_from(_known))
schemathesis.openapi.media_type(
    "application/octet-stream",
    st.sampled_from([bytes.fromhex(raw) for raw in _values["bodies"]]) | st.binary(max_size=64),
)


LONGEST_S: Final = 300
PATIENT_S: Final = 5
"""How long a node waits for a decision at most, and how long it is asked to here: Schemathesis waits for 10 s."""
_ADDRESSES: Final[list[str]] = _values["formats"]["account-address"]
_has_form_of_address: Final = re.compile(r"nrg1[02-9ac-hj-np-z]{38}").fullmatch


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case, _kwargs: object) -> None:
    """No pattern says that a checksum fits: what only has the form of an address becomes one."""
    for part in (case.path_parameters, case.query, case.body):
        for name, value in part.items() if isinstance(part, dict) else ():
            if isinstance(value, str) and _has_form_of_address(value) and value not in _ADDRESSES:
                part[name] = _ADDRESSES[len(_answers) % len(_ADDRESSES)]
    # A transaction whose turn has not come is waited for as long as is asked, or half a minute.
    timeout = (case.query or {}).get("timeout", LONGEST_S)
    waits = (case.query or {}).get("wait") == "decided"
    if waits and isinstance(timeout, int) and PATIENT_S < timeout <= LONGEST_S:
        case.query["timeout"] = PATIENT_S


@schemathesis.hook
def after_call(_context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response) -> None:
    """Count an answer."""
    _answers[f"{case.operation.label} {response.status_code}"] += 1


def _write() -> None:
    _file.with_suffix(".answers").write_text(json.dumps(_answers))


atexit.register(_write)
