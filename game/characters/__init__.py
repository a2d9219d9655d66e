"""Operators and enemies: what the tables know of them, and the numbers of one build."""
