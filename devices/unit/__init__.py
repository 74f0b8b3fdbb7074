"""The controller of a storage unit: several meters, one unit key, sessions that are enforced, alarms, an archive.

setup       the unit's file: channels, relays, limits
channels    what the counters of the channels mean: energy to report (pure)
sessions    whether a consumer may draw now (pure)
alarms      what is wrong with a meter or its line (pure)
reports     what was measured and is not on the chain yet; durable
archive     what was measured, for people; bounded
relay       the contact that lets a consumer draw
controller  all of it, at every interval
"""
