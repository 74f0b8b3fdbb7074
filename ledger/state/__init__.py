"""The state as tables under an overlay, its tree, proofs of entries."""
