"""What a token may be good for."""

READ, WRITE = "webhooks.read", "webhooks"
SCOPES = (WRITE, READ)
