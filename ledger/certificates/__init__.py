"""Generators and certificates: metered renewable energy certified once, passed on in parts, retired once."""
