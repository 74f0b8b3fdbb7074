"""Notices: what a member chose to be told, found in a node's events and figures, sent by e-mail or MQTT.

Knows nodes by their interface only, and no rule of the ledger. `service.py` runs it, `watch.py` finds notices,
`journal.py` remembers what was told, `mail.py` and `mqtt.py` deliver.
"""
