"""Bills: their numbers, the hash of what they say, corrections and payments; never a name or an address of a person."""
