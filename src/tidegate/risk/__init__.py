"""Risk: what may be wrong, why, and what to control."""

from tidegate.risk.features import FEATURE_COLUMNS, PROFILE_COLUMNS, features
from tidegate.risk.profiles import BadProfileError, Profile, Risk, apply_profiles, check_profile
from tidegate.risk.selection import Capacity, Choice, Loads, Policy, Weighed, draw, select

__all__ = [
    "FEATURE_COLUMNS",
    "PROFILE_COLUMNS",
    "BadProfileError",
    "Capacity",
    "Choice",
    "Loads",
    "Policy",
    "Profile",
    "Risk",
    "Weighed",
    "apply_profiles",
    "check_profile",
    "draw",
    "features",
    "select",
]
