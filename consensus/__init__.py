"""The consensus engine: events in, effects out, for one validator or for many.

Pure and deterministic: timers, messages and the answers to its effects come in as events. Of the ledger it sees values
only (codec, crypto, validators, parameters), never execution: checking a block is an effect that it asks for. It must
not know of sockets, disks, clocks or markets.

    messages, validation, limits    the bytes that validators exchange, what makes them valid, every bound
    events                          what goes in, what comes out
    engine                          what lasts longer than a height; takes an event, hands it to the height in work
    height, state, tally, pacing    the rules of a height; what they read and change, what was said, when things are due
    signing, recovery               one signature in each place, written down first; what a crash leaves of that
    voting_permission               when a validator may vote after a start
    next_height, parent_commits     what came early, what came late
    heads, freshness                how far others are, and that a head is the newest
    bodies, sync                    fetching transactions and decided blocks, for who joins them with the engine
"""
