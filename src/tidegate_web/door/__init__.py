"""The door: endpoints that speak as the United Kingdom's Customs Declaration Service does."""
