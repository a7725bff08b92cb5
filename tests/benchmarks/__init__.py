"""Measurements that anyone can take again: `python -m tests.benchmarks`."""
