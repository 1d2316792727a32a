"""Notebooks run, pages and documents made from the evidence."""
