"""Starts processes, so that what they hold never enters the process that asked for them."""
