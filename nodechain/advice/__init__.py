"""Advice: when to use energy, from what a community had left over, and how often such advice was right.

Pure: figures in, a choice and its measured record out. Who asks nodes for the figures is `nodechain.commands.advice`.
"""
