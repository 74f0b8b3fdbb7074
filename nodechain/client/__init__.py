"""The client of a node's REST interface for the command line: synchronous, on the standard library, quick to start."""
