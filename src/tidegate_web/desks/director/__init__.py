"""The director's desk: how long goods take, how many, what they bring in, what controls find, what waits."""
