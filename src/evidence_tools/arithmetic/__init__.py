"""Plain numbers and arrays in, results out: knows no table and no file."""
