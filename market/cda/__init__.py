"""The continuous double auction: an order book in which orders trade on arrival."""
