"""Pages of flows that are documents: how they stand, their source with its history, the editor.

Owns what `/flows/{namespace}/{id}` and below show. What a document means comes from the server.
"""
