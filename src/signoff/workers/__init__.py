"""Workers of work pools."""
