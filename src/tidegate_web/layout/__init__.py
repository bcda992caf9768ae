"""The layout of every page: its frame, its language, its policy, and what is said when something is wrong."""
