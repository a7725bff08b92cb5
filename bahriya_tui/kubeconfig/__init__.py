"""Reads kubeconfigs: what to pin of each context, and how to get into one. Never contacts a region."""
