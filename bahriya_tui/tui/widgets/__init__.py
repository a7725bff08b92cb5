"""Widgets draw what they are given and say what the operator wants; they decide and read nothing."""
