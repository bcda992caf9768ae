"""The pages that anybody may see, with no account, no cookie and nobody counted."""
