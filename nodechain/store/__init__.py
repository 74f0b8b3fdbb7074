"""The store: blocks, receipts, indexes, state and tree buckets of one node, in one LevelDB database and a head file.

It moves bytes. What a header, a receipt or a state entry means is known to its callers; what it guarantees is that a
block is stored whole or not at all, and that nothing damaged is ever served as if it were sound. Open it with
`nodechain.store.store.Store`.
"""
