"""An administration's own sign-in on loopback, for tests: django-allauth's provider in a process of its own.

``python -m tests.web.provider PORT FOLDER CALLBACK``. Who there is stands in FOLDER/people.json, read at each
sign-in: the claims of each person, and what is put in their place in the ID token or beside it.
"""

CLIENT, SECRET, PASSWORD = "tidegate", "a secret between the two", "pass at the provider"
