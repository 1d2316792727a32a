"""Errors, findings, units, and numbers and times as words."""
