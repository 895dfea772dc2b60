"""The experiments, one file each (a few close relatives share one)."""
