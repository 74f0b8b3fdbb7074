"""The validator set, signs of life, evidence of equivocation."""
