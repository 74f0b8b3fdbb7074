"""The demonstration: a street's measured day played on a real node, with meters on real sockets.

Node, meters and their readers are child processes of the same commands that a person would type; this package plays
the community around them: the clock, the households' plans, the battery. It knows the node only through its API.
"""
