"""One verb per library function, what a terminal shows, and other people's CSV files."""
