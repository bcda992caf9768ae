"""An administration's folder is read whole, or refused with file, row and reason."""

import pytest

from tests.unit.node.making import administration, change
from tidegate.node import BadAdministrationError, administrations, load_administration
from tidegate.risk import check_profile


@pytest.mark.parametrize("name", administrations())
def test_every_shipped_administration_is_as_it_should_be(name):
    loaded = load_administration(name)
    assert loaded.terms.default_office in loaded.offices
    assert loaded.terms.country == loaded.country
    for profile in loaded.terms.profiles:
        check_profile(profile)


def test_the_administrations_that_ship_are_known_by_name():
    assert administrations() == ["demo", "uk"]


def test_an_administration_is_taken_from_a_folder(tmp_path):
    folder = administration(tmp_path / "mine")
    change(folder / "administration.toml", 'country = "XA"', 'country = "XB"')
    assert load_administration(str(folder)).country == "XB"
    assert load_administration("demo").country == "XA"


@pytest.mark.parametrize("name", ["", "atlantis", "../demo", "/nowhere/at/all", "administrations/demo"])
def test_what_is_no_administration_is_told_with_those_that_are(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadAdministrationError, match="known by name are demo, uk") as refused:
        load_administration(name)
    assert refused.value.code == "bad_administration"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("administration.toml", 'country = "XA"', 'country = "xa"', "two capital letters, not 'xa'"),
        ("administration.toml", "minor_digits = 2", "minor_digits = 9", "minor_digits is from 0 to 4"),
        ("administration.toml", "minor_digits = 2", "minor_digits = 2\ncolour = 1", "unknown field `colour`"),
        ("administration.toml", 'default_office = "', 'default_office = "?', "is not among the offices"),
        ("administration.toml", "random_share = ", "random_share = 1", "must be from 0 to 1"),
        ("administration.toml", "yellow_threshold = 0", "yellow_threshold = 9", "thresholds must rise"),
        ("administration.toml", 'on = ["A00"]', 'on = ["C00"]', "taxes, row 2"),
        ("administration.toml", "[policy]", "[policy", "line"),
        ("profiles.toml", 'condition = "', 'condition = "COUNT(*) > 0 AND ', "names COUNT"),
        ("profiles.toml", 'code = "P002"', 'code = "P001"', "P001: the code stands twice"),
        ("profiles.toml", "from = 2020-01-01", 'from = "once"', "profiles.toml"),
        ("measures.csv", "A00,01,", "A00,xx,", "measures.csv, row 1: commodity 'xx'"),
        ("measures.csv", "A00,01,", "A0O,01,", "row 1: tax 'A0O'"),
        ("measures.csv", "A00,01,", "A00,01,,", "row 1 does not have 13 columns"),
        ("measures.csv", "tax,commodity", "tax,code", "the first row must be kind,tax,commodity,"),
        ("exchange_rates.csv", "EUR,2020-01-01", "EUR,1.1.2020", "exchange_rates.csv, row 1: '1.1.2020'"),
    ],
)
def test_a_mistake_in_a_folder_is_told_with_its_place(tmp_path, file, old, new, said):
    folder = administration(tmp_path / "mine")
    change(folder / file, old, new)
    with pytest.raises(BadAdministrationError) as refused:
        load_administration(str(folder))
    assert said in str(refused.value)


@pytest.mark.parametrize("file", ["profiles.toml", "measures.csv", "exchange_rates.csv"])
@pytest.mark.parametrize("how", ["missing", "not text"])
def test_a_file_that_is_missing_or_not_text_is_named(tmp_path, file, how):
    folder = administration(tmp_path / "mine")
    if how == "missing":
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(BadAdministrationError, match=file.replace(".", r"\.")):
        load_administration(str(folder))
