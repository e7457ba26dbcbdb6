"""The SQLite database: one file, several processes, no server."""
