"""The rules of the energy ledger, one file a subject. Each public `do_*` is the handler of one transaction type."""
