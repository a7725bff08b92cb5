"""Dialogs: one question each, with a typed answer; None when the operator turned back."""
