"""Reads a user's own copy of the game data: which stages there are, names, and the public tables, converted to ours."""
