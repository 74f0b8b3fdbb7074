"""The thesis' setting: a chain of its own with accounts A, B, C and units U1, U2, and a wallet for them."""

from __future__ import annotations

from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.demo.community import Community
from nodechain.demo.thesis import NAMES
from nodechain.demo.wallet import Wallet
from nodechain.home.keystore import Keystore


def thesis_wallet(community: Community) -> Wallet:
    """Make the chain, start its node, and open the accounts."""
    community.prepare("thesis", meters=False)
    _node, api = community.start_node()
    keystore = Keystore(community.home / "keys", cost=COST_LIGHT)
    for name in NAMES:
        if name not in keystore.names():
            keystore.create(name, KeyKind.ACCOUNT, community.password)
    return Wallet(keystore, community.password, NAMES, api)
