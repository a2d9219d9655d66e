"""The comparison of our agent with other libraries' and with scripts; run by benchmarks/learning_peers.py.

- `battles`  the battles that all of them play, and what a peer is: a function `train`
- a module for each peer, with its settings in its docstring
- `marks`    when a run is measured, and its files
- `runner`   trains and measures every peer on every stage with every seed
- `report`   the table and the plot
"""
