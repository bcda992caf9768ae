"""Entry: what is announced before arrival, what is decided in advance, what comes, and what it meets."""

from tidegate.entry.acting import (
    EntryReceipt,
    EntryRefusedError,
    announce_conveyance,
    arrive_conveyance,
    divert,
    entry_now,
    receive_entry,
    record_entry_control,
)
from tidegate.entry.answers import EntryAnswer, answers_of
from tidegate.entry.model import Announcement
from tidegate.entry.queries import LooseEnd, Picture, announcement, announcements, loose_ends, picture
from tidegate.entry.reader import EntryReader
from tidegate.entry.register import acts_about_entry
from tidegate.entry.responder import EntryResponder
from tidegate.entry.terms import Deadlines, EntryTerms
from tidegate.entry.wanting import WANTS, Place, Want, Wanting, wanting, wanting_counts

__all__ = [
    "WANTS",
    "Announcement",
    "Deadlines",
    "EntryAnswer",
    "EntryReader",
    "EntryReceipt",
    "EntryRefusedError",
    "EntryResponder",
    "EntryTerms",
    "LooseEnd",
    "Picture",
    "Place",
    "Want",
    "Wanting",
    "acts_about_entry",
    "announce_conveyance",
    "announcement",
    "announcements",
    "answers_of",
    "arrive_conveyance",
    "divert",
    "entry_now",
    "loose_ends",
    "picture",
    "receive_entry",
    "record_entry_control",
    "wanting",
    "wanting_counts",
]
