"""What to do on a stage with a squad: plans are searched, read and written, played and judged; stages are generated."""
