"""From a record to the bytes that are sent: paths → raw values → tree → JSON or XML."""
