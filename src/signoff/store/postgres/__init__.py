"""The PostgreSQL database: a pool of connections, any number of processes and machines."""

from signoff.store.postgres.store import open_postgres

__all__ = ["open_postgres"]
