"""Resolutions: a text, options, one member one vote; counted by the chain, binding for nobody's state."""
