"""Commands of groups that read files or sign consents: what they would send, signed to a file and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cli
from harness.chain import make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.envelope import check_signatures
from ledger.encoding.codec import encode
from ledger.groups.payloads import (
    AdmitGroup,
    AssignShares,
    ChangeGroup,
    OpenGroup,
    SetGroupShares,
    TransferGroupShare,
)
from ledger.groups.terms import GroupRow
from ledger.keys.address import format_address
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.client.answers.bank import AccountView
from nodechain.client.answers.blocks import GenesisAnswer
from nodechain.client.answers.slots import SlotsView
from nodechain.commands.sending.offline import read_offline
from nodechain.commands.terminal.errors import run
from nodechain.home.group_file import read_group_file
from nodechain.home.keystore import Keystore
from nodechain.modules import REGISTRY
from tests.support.answers import sample, status_of
from tests.support.fake_node import fake_node

GENESIS = make_genesis()
SLOT = 1_888_900
FILE = 'name = "roof"\noperator = "alice"\nrights = ["shares"]\n[[members]]\naccount = "bert"\nshare = "25%"\nkey = 3\n'


class Place:
    """A home with the keys of alice and bert."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, home = folder, folder / "home"
        store = Keystore(home / "keys", cost=COST_LIGHT)
        keys = {name: store.create(name, KeyKind.ACCOUNT, "word") for name in ("alice", "bert")}
        self.addresses = {name: key.address for name, key in keys.items()}
        (home / "config.toml").write_text(f'genesis_hash = "{GENESIS.hash.hex()}"\n')
        (folder / "password").write_text("word\n")
        (folder / "roof.toml").write_text(FILE)
        monkeypatch.setenv("NODECHAIN_HOME", str(home))
        monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(folder / "password"))

    def run(self, *arguments: str) -> int:
        """A command, asked of a node in which slot `SLOT` runs."""
        answers = {
            "GET /v1/status": status_of(GENESIS.chain_id, GENESIS.hash.hex()),
            "GET /v1/genesis": sample(
                GenesisAnswer, chain_id=GENESIS.chain_id, hash=GENESIS.hash.hex(), genesis=encode(GENESIS).hex()
            ),
            "GET /v1/slots": sample(SlotsView, slot=SLOT),
        }
        for address in map(format_address, self.addresses.values()):
            answers[f"GET /v1/accounts/{address}"] = sample(AccountView, address=address, next_nonce=1)
        with fake_node(answers) as fake:
            return run(cli.nodechain, [*arguments, "--node", fake.url])

    def sent(self, *arguments: str, sender: str = "alice") -> Any:
        """What a command would send."""
        file = self.folder / "signed.json"
        file.unlink(missing_ok=True)
        assert self.run(*arguments, "--from", sender, "--sign-only", str(file)) == 0
        decoded = read_offline(file).decoded
        return REGISTRY.types[decoded.type].codec.decode(decoded.payload)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(tmp_path, monkeypatch)


def test_a_groups_file_opens_it_and_is_voted_on(place: Place) -> None:
    file = str(place.folder / "roof.toml")
    found = read_group_file(Path(file), CURRENCY_ASSET, 9, place.addresses.__getitem__)
    assert found.rows == (GroupRow(place.addresses["bert"], 250_000_000, 3, ()),)
    assert place.sent("group", "open", file) == OpenGroup(found.terms, SLOT + 2, found.rows)
    voted = place.sent("vote", "open-group", file, "--from-slot", "1888950")
    assert voted.action == AdmitGroup(OpenGroup(found.terms, 1_888_950, found.rows))
    assert place.sent("vote", "change-group", "7", file).action == ChangeGroup(7, found.terms)
    assigned = place.sent("vote", "group-shares", "7", file, "--from-slot", "1888950").action
    assert assigned == AssignShares(SetGroupShares(7, 1_888_950, found.rows))
    joined = place.sent("group", "join", "7", "bert", "--share", "25%", "--key", "3")
    assert joined == SetGroupShares(7, SLOT + 2, found.rows)


def test_who_takes_a_share_signs_and_who_gives_it_sends(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    file = place.folder / "share.json"
    wanted = ("--group", "7", "--taker", "bert", "--giver", "alice", "--parts", "10 %", "--having", "25 %")
    assert place.run("group", "consent", str(file), *wanted, "--yes") == 0
    payload = place.sent("group", "transfer", str(file))
    assert isinstance(payload, TransferGroupShare)
    terms = payload.terms
    assert (terms.sender, terms.recipient) == (place.addresses["alice"], place.addresses["bert"])
    assert (terms.group, terms.parts, terms.share_then) == (7, 100_000_000, 350_000_000)
    assert check_signatures(payload.recipient_key, terms.message(GENESIS.hash), payload.recipient_signatures)
    data = json.loads(file.read_text())
    capsys.readouterr()
    broken: list[object] = [{**data, "genesis_hash": "00" * 32}, {**data, "transfer": "00"}, []]
    for changed in broken:
        file.write_text(json.dumps(changed))
        assert place.run("group", "transfer", str(file), "--from", "alice") == 2
    assert "was signed for another chain" in capsys.readouterr().err
