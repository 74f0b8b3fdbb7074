"""The command line of meters: `nodechain meter ...`. Only `cli.py` knows it from outside."""
