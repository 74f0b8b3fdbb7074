"""A client that believes no node: it follows headers by their certificates and checks every answer against them."""
