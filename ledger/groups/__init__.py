"""Groups: members with shares in an account that no key owns, an operator with rights, a rule for what comes in."""
