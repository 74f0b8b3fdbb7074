"""The energy ledger: values, state and the rules that turn a state and a block into the next state.

Pure and deterministic: time and randomness come in as arguments, nothing is read or written outside. It imports no
other package of ours and must not know how blocks are agreed on, stored, sent or asked for, nor what a market is: the
market's transactions reach it as a registry of handlers.

Rooms, from the top down; who stands below knows nothing of who stands above:

    privacy/     who may read what, as the community agreed
    memos/       texts that one reader can open, beside what a transaction does
    together/    points of who takes part, a board of nicknames, prizes
    agents/      keys that act for an account within its owner's limits
    certificates/ generators, certificates of renewable energy and of savings, used up once
    joining/     one request of who is no member yet, one vote that admits it with its meters and roles
    attestations/ what registrars and auditors sign of accounts, as salted hashes
    resolutions/ what members are asked, one ballot each, counted
    fund/        the community's fund: fees, spending by vote, what admissions cost and bring
    origin/      of which source the energy of storage units is, what a draw takes
    deals/       payments held until goods are there, an arbiter in a dispute, swaps of two assets
    groups/      members with shares in an account that no key owns, what comes in divided
    billing/     bills: numbers, hashes, corrections, payments
    grid/        tariffs, what is drawn and fed in line by line, the grid operator's account
    sharing/     schemes, a slot's energy allocated among members by a rule, priced, settled
    slots/       metering points and their energy by slots of time, from meters and operators' files
    energy/      storage units, minting and burning at the imbalance cost, losses, consumption sessions
    metering/    meters: bindings, registers, readings
    validators/  the validator set, signs of life, evidence of equivocation
    debts/       what accounts owe because they could not pay, and how what comes in is divided
    feeds/       figures from outside: voted reporters, their median, what was in force when
    bank/        tokens: balances, locks, transfers, fees, currency in and out, the banker
    governance/  members, voters, votes, parameters set by vote
    upgrades/    plans of the protocol by vote, what validators' programs know
    light/       headers, proofs and snapshots for who does not execute
    chain/       genesis, blocks, execution, inclusion, what falls due, weights, the registry of modules
    state/       tables, the overlay of a block, the state tree, proofs of entries
    keys/        signatures, addresses, key files, recovery phrases
    encoding/    canonical bytes, text of addresses, amounts and times
"""
