"""What four validators withstand: each load in turn, against a dummy that burns the attacker's CPU without attacking.

`python -m bench.withstands [NAME ...]`. The rule (docs/protocol/network.md, 'Nobody's request may cost a vote'): under
each load clients of other nodes keep at least 80 % of their acknowledgements, none waits longer than 2 s, the attacked
node's memory is bounded and it stays in consensus.

A load is a class with `name`, `stated` (the rate that the rule states), `vantage` (who attacks) and `run(attack)`,
which attacks until it is cancelled; see `load.py`. It stands in a file `*_loads.py` whose `LOADS` names it;
`attacker.py` collects these. The harness (`__main__.py`) starts and stops it by orders to a process of its own, or,
where a validator attacks, to that of the fourth validator, which goes on voting meanwhile.
"""
