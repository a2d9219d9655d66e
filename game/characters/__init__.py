"""Operators and enemies: their fields (models), the numbers of one build (builds), and the tables (catalogue)."""
