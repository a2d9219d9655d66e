"""A user's own copy of the game's public tables, converted into tables of ours."""
