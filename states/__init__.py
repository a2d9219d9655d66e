"""The explicit machine: its table, its events and commands, one module per state. Pure: no I/O, clock or randomness."""
