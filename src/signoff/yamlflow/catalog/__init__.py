"""Which task types there are.

Owns their names, old and new, and the schemas of their properties. Pure data: a server reads it to
judge documents and never loads the code that runs a task.
"""
