"""From a payload to a decided transaction: its chain, its signatures, its way to the node."""
