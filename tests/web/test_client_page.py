"""The examples of docs/javascript-client.md, run one after the other against a development chain."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from harness.processes import NodeProcess
from nodechain.home.keystore import Keystore
from tests.web.test_client import CLIENT, run
from tests.web.test_verifier import ROOT, WEB, missing, program

PAGE: Final = ROOT / "docs" / "javascript-client.md"
BLOCK: Final = re.compile(r"^```js\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.xdist_group("cli")
def test_the_examples_print_what_they_say(tmp_path: Path) -> None:
    if not (CLIENT / "node_modules").is_dir():
        missing("the client's packages are not installed: npm ci --prefix web/client")
    node = program("node")
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    chain = NodeProcess(["dev", "--port", "0", "--state", str(tmp_path / "home")], {}, forked=True)
    try:
        chain.ready()
        (tmp_path / "alice.json").write_bytes(Keystore(tmp_path / "home" / "keys").export("alice"))
        source = "\n".join(blocks).replace("./web/", f"{WEB.as_uri()}/").replace("http://127.0.0.1:8545", chain.url)
        (tmp_path / "examples.mjs").write_text(source, encoding="utf-8")
        printed = run(node, "--experimental-websocket", "examples.mjs", cwd=tmp_path)
    finally:
        assert chain.stop() == 0
    expected = re.findall(r"console\.log\(.*\);.*? // (.+)$", "\n".join(blocks), re.MULTILINE)
    assert len(blocks) == 12
    assert printed.splitlines() == expected
