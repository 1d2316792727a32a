"""The only door to the files: typed tables, typed rules, one clock, rows joined once."""
