"""Tidegate, an open customs node: it receives what is stated about goods, decides, shares and proves it."""

__version__ = "0.1.0"
