"""What runs at the meter: register profiles, drivers, the meter's model, signing, the durable outbox, simulators.

It sees of the project only `ledger` (keys, encoding, transaction types); a node is reached through its API alone.
Nothing here but `devices.commands` may load more than a small device can carry: no aiohttp, plyvel or pydantic.
"""
