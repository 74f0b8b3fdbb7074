"""The consensus engine: events in, effects out, for one validator or for many.

Pure and deterministic: timers, messages and the answers to its effects come in as events. Of the ledger it sees values
only (codec, crypto, validators, parameters), never execution: checking a block is an effect that it asks for. It must
not know of sockets, disks, clocks or markets.
"""
