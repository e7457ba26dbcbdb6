"""Workers: processes that look after a work pool.

Owns the documented worker classes: their pool, their signs of life, and their start and stop. A
worker is a face of the runner (`runner/runner.py`), which claims runs and starts their processes.
Must not know the command line.
"""
