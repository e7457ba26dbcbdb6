"""What expressions can call: `function(arguments)`, `value is test`, `value.method()`."""
