"""Operators and enemies: their fields (models), the numbers of one build (builds), the tables (catalogue), and the
operators that a player owns (roster, roster_files).
"""
