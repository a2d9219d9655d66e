"""Clients: where a game is seen and touched, one module each."""
