"""Credentials that can be written and never read back: all may seal, only the opener opens."""
