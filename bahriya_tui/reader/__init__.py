"""The throw-away processes that take a token from outside and seal it: they have public keys only."""
