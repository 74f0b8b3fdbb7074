"""The command groups, a page a subject; `cli.py` has the table of them.

Rooms for what pages share: `terminal` (options, output, errors), `sending` (transactions), `running` (homes).
"""
