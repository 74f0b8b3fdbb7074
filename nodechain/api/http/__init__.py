"""HTTP and nothing of the chain: connections, requests, turns, limits, problems. Pages of subjects stand above it."""
