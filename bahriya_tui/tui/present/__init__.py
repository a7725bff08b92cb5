"""From the model to cells and sentences: pure functions, no widgets, no clock of their own.

Everything that comes from outside passes through `text.literal`, so that it is shown and never obeyed.
"""
