"""The transactions: the signed envelope, and what each type says. Values only; the rules are in `ledger.rules`."""
