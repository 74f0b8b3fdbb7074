"""The program with the modules of `version_two`, as the release after this one would be: `python -m` like `cli`.

It differs from the installed one where a release would: in what `nodechain.modules` joins. Nothing that reads that has
been loaded by then (`cli` loads its groups when they are used).
"""

from __future__ import annotations

import nodechain.modules
from cli import main
from tests.support.version_two import MODULES_2, REGISTRY_2

vars(nodechain.modules).update(MODULES=MODULES_2, REGISTRY=REGISTRY_2)

if __name__ == "__main__":
    main()
