"""What the game is: stages, operators, enemies, camera, legal actions, the battle rules, and the practice game."""
