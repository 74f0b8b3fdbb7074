"""The node: sockets, disk and clock around the pure packages. It holds no rule of the ledger.

Rooms, from the top down; who stands below knows nothing of who stands above:

    commands/   the command line: one file a command group; what is checked before a node starts
    demo/       the community of `nodechain demo`, played by scripts
    api/        the REST interface and its sockets
    snapshots/  making, fetching and adopting snapshots
    chain/      head and blocks, the replica and its driver, replay, blocks for peers, evidence
    billing/    bills made of events, checked by proofs; their forms, the member book, bank files
    notices/    what members chose to be told: found, remembered, sent by mail and MQTT
    advice/     when to use energy, by what was left over, with the record of such advice
    light/      a client that believes no node; statements
    certificates/  TLS of the interface: a community's authority, checks, renewal
    home/       a home's paths, settings, lock, keys, address book, genesis
    network/    connections, cards, gossip
    mempool/    the way into the pool: admission, signatures off the loop, what is promised to be kept
    journal/    what a validator has signed, on the disk before it is sent
    store/      blocks, state and indexes in LevelDB
    client/     the typed client of a node's interface
    formats/    files of network operators: bytes in, energies of points and a report out
    files/      files that are on the disk when the call returns
    process/    threads of its own, open files, rates, limits of logs
"""
