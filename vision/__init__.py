"""What is seen: capture, screens, numbers and cards, units on tiles, and the watcher that makes events of them."""
