"""The languages of the pages: no catalogue lacks a text, and a further language is a file."""

import pytest
from babel.messages.pofile import read_po
from django.core.exceptions import ImproperlyConfigured

from tests.web.people_of import anybody, signed_in
from tidegate_web.layout.languages import LOCALES, compiled, languages_of
from tidegate_web.layout.texts import missing, refreshed, texts
from tidegate_web.people.models import Role

CATALOGUES = sorted(LOCALES.glob("*.po"))


def test_french_is_there():
    assert [path.stem for path in CATALOGUES] == ["fr"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_no_catalogue_lacks_a_text(path):
    assert missing(path) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_catalogues_hold_what_there_is_and_what_their_texts_are_made_from(path):
    with path.open("rb") as file:
        kept = {str(message.id) for message in read_po(file, locale=path.stem)}
    assert kept == {str(message.id) for message in refreshed(path)}
    with path.open("rb") as file:
        for message in read_po(file, locale=path.stem):
            assert list(message.check()) == []


def test_texts_are_found_in_templates_and_in_code():
    found = {text for _, text in texts()}
    assert "Skip to the content" in found
    assert "The control is recorded." in found
    assert ("%(n)d hour", "%(n)d hours") in found


def test_a_page_is_french_for_whom_it_was_chosen():
    browser = signed_in(Role.ADMINISTRATOR)
    browser.get("/language/fr")
    page = browser.get("/people").content.decode()
    assert '<html lang="fr">' in page
    assert "Nouvelle personne" in page
    assert "New person" not in page


def test_the_browser_says_which_language_is_wished():
    page = anybody().get("/accounts/login/", headers={"Accept-Language": "fr-CH,fr;q=0.9"})
    assert "Se connecter" in page.content.decode()


def test_a_further_language_is_a_file_in_the_folder_of_the_node(tmp_path):
    (tmp_path / "pt.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Queue"\nmsgstr "Fila"\n',
        encoding="utf-8",
    )
    assert languages_of(LOCALES, tmp_path) == [("en", "English"), ("fr", "Français"), ("pt", "Português")]
    made = compiled(LOCALES, tmp_path, tmp_path / "made")
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["fr", "pt"]
    assert made == str(tmp_path / "made")


def test_a_catalogue_that_is_none_is_told_by_its_name(tmp_path):
    (tmp_path / "fr.po").write_text('msgid "open\n', encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=r"fr\.po"):
        compiled(tmp_path, tmp_path / "made")
    (tmp_path / "nonsense-name.po").write_text("", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match="named after a language"):
        languages_of(tmp_path)
