"""Dumb pipes to meters: they move registers and know nothing of energy. One interface, `link.Link`."""
