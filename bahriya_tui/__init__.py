"""Bahriya TUI: run containers in many regions from one terminal."""

__version__ = "0.1.0"
