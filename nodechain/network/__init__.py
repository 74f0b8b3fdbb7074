"""Peer to peer: TLS between known nodes, frames, gossip. It carries what consensus says, and decides nothing of it."""
