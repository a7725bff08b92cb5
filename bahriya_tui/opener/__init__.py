"""The throw-away process in which a credential is opened: connect, lock itself in, open, send, exit."""
