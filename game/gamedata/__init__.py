"""Converts a user's own copy of the game's public tables into our tables."""
