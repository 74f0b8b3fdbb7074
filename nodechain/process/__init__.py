"""The process: threads of its own, open files, rates, what is checked before it starts."""
