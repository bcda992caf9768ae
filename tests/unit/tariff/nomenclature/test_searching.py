import pytest

from tests.unit.tariff.nomenclature.making import write_csv
from tidegate.tariff.nomenclature import Nomenclature, read_plain
from tidegate.tariff.nomenclature.searching import words_of

LINES = [
    "0101,Live horses and asses",
    "010121,Pure-bred breeding animals",
    "0206,Edible offal of horses; livers",
    "8510,Shavers and hair clippers with self-contained electric motor",
    "851010,Shavers",
    "851020,Hair clippers",
    "85102010,For agricultural use",
    "851090,Parts",
    "9102,Wrist watches",
    "4901,Bücher und Hefte",
]


@pytest.fixture
def tree(tmp_path):
    return Nomenclature(read_plain(write_csv(tmp_path / "x.csv", "code,description", *LINES), "x"))


def found(tree, words, limit=3):
    return [one.provision.code for one in tree.search(words, limit)]


def test_the_row_that_is_what_was_asked_for_comes_first(tree):
    assert found(tree, "hair clippers")[0] == "851020"
    assert found(tree, "shaver")[0] == "851010"


def test_words_above_a_row_count_for_it_but_less(tree):
    assert found(tree, "horses")[-1] == "010121"
    assert "85102010" in found(tree, "clippers agricultural", 1)


def test_the_singular_and_the_beginning_of_a_word_are_met(tree):
    assert found(tree, "watch") == ["9102"]
    assert found(tree, "agricult") == ["85102010"]
    assert found(tree, "liver") == ["0206"]


def test_other_letters_than_english_ones_are_words_too(tree):
    assert found(tree, "BÜCHER") == ["4901"]


@pytest.mark.parametrize("words", ["", "the of and", "zzz", "?!"])
def test_nothing_is_found_for_words_that_say_nothing(tree, words):
    assert found(tree, words) == []


def test_words_are_small_singular_and_say_something():
    assert list(words_of("The Batteries of watches, boxes & glass (T-shirts)")) == [
        "battery",
        "watch",
        "box",
        "glass",
        "t",
        "shirt",
    ]
