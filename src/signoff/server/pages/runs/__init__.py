"""The page of one run: what is going on, what may be done about it, and what happened.

Owns that page and the actions on it. The decision on it is that of `decisions`.
"""
