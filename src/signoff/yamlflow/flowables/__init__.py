"""The tasks that direct others, or the run itself.

One function per type: it gets its `Visit` and its properties, and returns its `Outcome`. Which
function belongs to which type says `running.life.DIRECTORS`.
"""
