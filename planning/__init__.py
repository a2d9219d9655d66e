"""What to do on a stage with a squad: the search for plans, plans in and out of files, and generated stages."""
