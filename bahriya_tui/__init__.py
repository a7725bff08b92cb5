"""Bahriya TUI: run containers in many regions from one terminal."""
