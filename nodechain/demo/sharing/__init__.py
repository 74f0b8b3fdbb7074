"""The demonstration of sharing: a measured week of the street as an Austrian community, billed and checked.

The chain is real, with a clock that is moved. Loads and production are the measured ones; meters' registers are sums
of them, signed with the meters' keys. The network operator is played: its files hold the same data, but for what is
planted in them.
"""
