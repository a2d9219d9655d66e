"""A drawn, clickable version of the game: the whole flow a player walks, off-screen or in a window."""
