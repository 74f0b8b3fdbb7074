"""Together: points of those who want them, a board of nicknames, prizes of the fund at a season's end.

Knows what was shared, measured and voted by the points of the modules that did it; nobody knows of it.
"""
