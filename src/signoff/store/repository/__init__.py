"""Where rows become values, and values rows: the only code that knows the columns."""
