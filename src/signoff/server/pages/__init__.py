"""The pages people use: what waits for them, and the answering of it.

Owns HTML. Everything is rendered here, works without a script, and asks the service what any other
face may ask. Loaded with the first page, because templates and Markdown are heavy.
"""
