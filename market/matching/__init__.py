"""The mechanisms, one file each: orders in, trades and leftovers out.

They know neither accounts nor fees, neither the ledger's state nor blocks: whoever calls them escrows before,
settles after, and checks the result with `market.invariants`.
"""
