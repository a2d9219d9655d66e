"""The rules of a battle as compiled code, and one battle played with them."""
