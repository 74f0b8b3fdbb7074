"""Feeds: figures from outside of the chain (a price, CO2), reported by voted reporters; their median is in force.

Knows nothing of who goes by a feed: tariffs read its history.
"""
