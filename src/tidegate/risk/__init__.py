"""Risk: what may be wrong, why, and what to control."""

from tidegate.risk.features import FEATURE_COLUMNS, PROFILE_COLUMNS, features
from tidegate.risk.profiles import BadProfileError, Profile, Risk, apply_profiles, check_profile
from tidegate.risk.selection import Choice, Loads, Policy, draw, select

__all__ = [
    "FEATURE_COLUMNS",
    "PROFILE_COLUMNS",
    "BadProfileError",
    "Choice",
    "Loads",
    "Policy",
    "Profile",
    "Risk",
    "apply_profiles",
    "check_profile",
    "draw",
    "features",
    "select",
]
