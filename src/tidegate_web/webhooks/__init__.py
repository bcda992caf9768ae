"""Webhooks: notices pushed to operators, in their order, signed, tried again, and never lost."""
