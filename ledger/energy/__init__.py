"""Storage units, minting and burning at the imbalance cost, sessions."""
