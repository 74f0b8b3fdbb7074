"""Memos: texts that one reader can open, beside what a transaction does."""
