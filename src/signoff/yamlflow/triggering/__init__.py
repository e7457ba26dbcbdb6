"""What starts runs of documents from outside of them.

Owns whether a trigger fires and with which inputs. Must not know HTTP, nor how a run is stored.
"""
