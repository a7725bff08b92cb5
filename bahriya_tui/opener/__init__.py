"""The throw-away process in which a credential is open: connect, lock in, open, send, exit."""
