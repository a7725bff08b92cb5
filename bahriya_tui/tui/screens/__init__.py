"""Screens: one per noun, and one for a deployment that is being watched. They decide; widgets draw."""
