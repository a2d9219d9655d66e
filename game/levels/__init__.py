"""The public level format: reader, map, routes, enemies, waves and runes make a `Stage`."""
