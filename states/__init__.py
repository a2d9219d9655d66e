"""The state machine: its table, its events and commands, one module a state. Pure: no I/O, clock or randomness."""
