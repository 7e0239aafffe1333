"""Who calls: tokens, signatures, and how they are got. The protocols are oauthlib's work."""
