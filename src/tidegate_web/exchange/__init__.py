"""The partners' door: where other nodes bring what they share, each request signed by its node."""
