"""The keys of the screens: the table of them, and how an operator's file changes it. Knows no screen."""
