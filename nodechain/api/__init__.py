"""The REST interface: thin routes over reads of the store, and the one way in for transactions.

It holds no rule of the ledger and changes nothing but by `Node.submit`.
"""
