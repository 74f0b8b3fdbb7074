"""What runs at the meter: register profiles, drivers, the meter's model, signing, the durable outbox, simulators.

It sees of the project only `ledger` (keys, encoding, transaction types); a node is reached through its API alone.
Nothing here but `devices.commands` may load more than a small device can carry: no aiohttp, LevelDB or pydantic.

Rooms:

    commands/    `nodechain meter` and `nodechain unit run`
    unit/        the controller of a storage unit: sensing, sessions, relays, alarms, reports
    drivers/     from a profile and a line to readings
    protocols/   bytes to values, without I/O: Modbus registers, SunSpec, P1, IEC 62056-21, SML
    links/       serial lines and sockets as pipes of bytes
    signers/     keys in files, PKCS#11 tokens and TPMs
    simulators/  meters and relays on real lines, for tests and demonstrations
"""
