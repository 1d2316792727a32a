"""One folder per question of a reader, each with its rows, its numbers and its page."""
