"""The grid account: what members draw from the network and feed into it, by voted tariffs, paid to and by its operator.

Knows of sharing only what it left over, and nothing of bills or the market, which ask it what an account owes.
"""
