"""Where processes are started: the reader of a token, the maker of keys, the worker."""
