"""What commands that run or open a home share: the checks at the start, the run, the chain of a stopped node."""
