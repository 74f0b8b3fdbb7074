"""A node's home: paths, settings, lock, keys, address book, genesis; and making one."""
