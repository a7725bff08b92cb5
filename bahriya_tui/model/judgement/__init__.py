"""Judges measurements: pure rules, one module for each thing that is measured. Nothing is measured here."""
