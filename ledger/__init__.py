"""The energy ledger: values, state and the rules that turn a state and a block into the next state.

Pure and deterministic: time and randomness come in as arguments, nothing is read or written outside. It imports no
other package of ours and must not know how blocks are agreed on, stored, sent or asked for, nor what a market is: the
market's transactions reach it as a registry of handlers.
"""
