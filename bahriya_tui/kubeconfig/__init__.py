"""Reads kubeconfig files: what may be known of a context, and, for the worker only, how to get in."""
