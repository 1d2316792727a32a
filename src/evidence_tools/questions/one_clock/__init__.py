"""Benefit and side effects on one clock."""
