"""The energy market: the order book, matching, settlement and fees, as handlers that the ledger's execution calls.

Pure and deterministic: orders in, trades out. It imports the ledger alone and must not know of consensus, nodes,
devices, clocks or disks; every token it moves, it moves through the ledger's accounts.

Rooms:

    cda/    the continuous double auction: order book, matching, its place in the state
    (root)  what all mechanisms share: products, terms, orders, escrow, settlement, queries
"""
