"""The command groups. Each file is one subject; what all share (options, output, errors, sending) has its own file."""
