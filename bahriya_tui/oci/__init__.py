"""Talking to OCI registries: the live check of a credential, on the standard library alone.

Runs where plaintext is, so it imports nothing heavy and nothing that logs.
"""
