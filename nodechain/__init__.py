"""The node: sockets, disk and clock around the pure packages. It holds no rule of the ledger."""
