"""The bench: Signoff beside the released Prefect and the machine's floors, in one run."""
