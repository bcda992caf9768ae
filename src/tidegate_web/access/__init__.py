"""Who may: operators' credentials, scopes, and the guard before every view."""
