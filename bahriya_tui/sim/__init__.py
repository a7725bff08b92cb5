"""Embedded regions and an embedded OCI registry, for trials, tests and benchmarks.

A leaf of the program: it speaks HTTP, and nothing in production code knows whether a region is embedded.
"""
