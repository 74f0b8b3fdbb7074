"""Meters that do not exist, on sockets that do. They may load more than a meter can carry; no meter imports them."""
