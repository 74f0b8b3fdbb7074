"""Members, voters, votes and what they decide."""
