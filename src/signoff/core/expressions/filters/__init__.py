"""What expressions can do with a value: `value | filter(arguments)`."""
