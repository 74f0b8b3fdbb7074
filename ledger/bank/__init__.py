"""Tokens: balances, locks, transfers, currency in and out."""
