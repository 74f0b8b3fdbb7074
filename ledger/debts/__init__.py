"""What accounts owe because they could not pay, pools that it is paid into, and who gets it from there.

Knows nothing of what is owed for: a pool is a kind, whose module hears of payments, and a number.
"""
