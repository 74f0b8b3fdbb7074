"""The chain in this process: head, replica, the driver that performs its effects, replay, fetching of blocks."""
