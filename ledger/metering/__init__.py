"""Meters: bindings, readings, registers."""
