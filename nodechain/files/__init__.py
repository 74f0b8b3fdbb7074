"""Files that are on the disk when the call returns, and the disk that a journal asks."""
