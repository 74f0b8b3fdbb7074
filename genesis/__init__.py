"""Templates of genesis files (TOML): data, read as package resources by the node; no code belongs here.

`zones.json`: when clocks change in the zones of the country templates, from which a genesis takes its offsets
(`tests/makers/zone_offsets.py`).
"""
