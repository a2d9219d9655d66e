"""A drawn, clickable version of the game, from the home screen to the result page, off-screen or in a window."""
