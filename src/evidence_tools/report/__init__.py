"""The only place where results become words, tables, pictures and pages."""
