"""Lists: of runs, and what is done with many of them at once.

Owns the pages under `/runs` and `/bulk`. What a single run shows is in `runs`.
"""
