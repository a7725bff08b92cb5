"""Secrets as they are typed: what keys and pastes mean, and reading them from the terminal itself."""
