"""Results beyond the journal: storage, serializers, caching, locks and transactions.

Owns the documented classes and the steps of a task that uses them. Loaded when a flow or task says
something about its results that the journal alone does not do.
"""
