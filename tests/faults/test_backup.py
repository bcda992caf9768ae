"""A backup is whole or not there; what is restored proves itself, or nothing is made."""

import json
import shutil
from contextlib import closing

import apsw
import pytest
from click.testing import CliRunner

from tests.faults.lodging import lodge_on, now
from tests.faults.nodes import content, entries, made, story, tables_of, verified
from tidegate.cli import cli
from tidegate.journal import AttachmentMissingError, open_journal
from tidegate.journal.backup import BackupExistsError, back_up
from tidegate.journal.backup_restoring import restore
from tidegate.node import open_node


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = made(tmp_path_factory.mktemp("original") / "node")
    with open_node(folder, now) as node:
        list(lodge_on(node, "one", 0, 8))
        node.catch_up()
    return folder


def tidegate(*arguments):
    """Run a subcommand of `tidegate journal`; return its objects, its exit status and its error."""
    done = CliRunner().invoke(cli, ["journal", *map(str, arguments), "--json"], standalone_mode=False)
    known = getattr(done.exception, "message", "") if done.exception else ""
    status = done.return_value if isinstance(done.return_value, int) else done.exit_code
    return [json.loads(line) for line in done.stdout.splitlines()], status, known


@pytest.fixture
def backup(original, tmp_path):
    said, status, _ = tidegate("backup", "--node", original, tmp_path / "backup")
    assert (len(said), status) == (1, 0)
    return tmp_path / "backup"


def test_a_backup_says_what_it_holds(original, backup, tmp_path):
    (said,), _, _ = tidegate("backup", "--node", original, tmp_path / "another")
    found = verified(original)
    manifest = json.loads((backup / "manifest.json").read_text())
    assert (manifest["entries"], manifest["root"]) == (found.entries, found.root)
    assert (said["entries"], said["root"], said["keys"]) == (found.entries, found.root, False)
    assert said["attachments"] == manifest["attachments"] == 8
    assert set(manifest["files"]) == {"journal/journal.sqlite", "node.toml"}
    files = {str(path.relative_to(backup)) for path in backup.rglob("*") if path.is_file()}
    stored = {name for name in files if name.startswith("journal/attachments/")}
    assert len(stored) == 8
    assert files - stored == {"journal/journal.sqlite", "node.toml", "manifest.json"}


def test_secret_keys_are_copied_only_when_asked_and_stay_their_owners(original, backup, tmp_path):
    secrets = [(original / name).read_bytes().strip() for name in ("node.key", "node.signing.key")]
    for path in backup.rglob("*"):
        assert not path.is_file() or all(secret not in path.read_bytes() for secret in secrets)
    (said,), _, _ = tidegate("backup", "--node", original, "--with-keys", tmp_path / "keys")
    assert said["keys"] is True
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    restore(tmp_path / "keys", tmp_path / "restored", now)
    for folder in (tmp_path / "keys", tmp_path / "restored"):
        kept = [folder / name for name in ("node.key", "node.signing.key")]
        assert [path.read_bytes().strip() for path in kept] == secrets
        assert [path.stat().st_mode & 0o777 for path in kept] == [0o600, 0o600]


def test_a_restored_node_goes_on_where_the_backup_was_made(original, tmp_path):
    tidegate("backup", "--node", original, "--with-keys", tmp_path / "backup")
    (said,), status, _ = tidegate("restore", tmp_path / "backup", tmp_path / "new")
    assert (status, said["keys"], said["root"]) == (0, True, verified(original).root)
    assert story(tmp_path / "new") == story(original)
    size = len(story(original))
    with open_node(tmp_path / "new", now) as node:
        assert dict(lodge_on(node, "one", 7, 2)) == {"one-7": 7, "one-8": size}
        node.catch_up()
    assert verified(tmp_path / "new").ok
    # Nothing of before was answered again.
    assert [line[0] for line in story(tmp_path / "new")[size:]].count("declaration.lodged") == 1
    lodged = [line for line in story(tmp_path / "new") if line[0] == "declaration.rejected"]
    assert len({keys for _, keys, _ in lodged}) == len(lodged)


def test_tables_of_a_restored_node_are_those_of_the_original(original, tmp_path):
    tidegate("backup", "--node", original, "--with-keys", tmp_path / "backup")
    tidegate("restore", tmp_path / "backup", tmp_path / "new")
    assert tidegate("catch-up", "--node", tmp_path / "new")[1] == 0
    assert tables_of(tmp_path / "new") == tables_of(original)


def test_a_backup_changes_nothing_in_the_node(original, tmp_path):
    before = content(original)
    tidegate("backup", "--node", original, tmp_path / "backup")
    assert content(original) == before


def test_nothing_is_overwritten(original, backup, tmp_path):
    before = content(backup)
    _, _, said = tidegate("backup", "--node", original, backup)
    assert "[backup_exists]" in said
    assert content(backup) == before
    before = content(original)
    with pytest.raises(BackupExistsError):
        restore(backup, original, now)
    assert content(original) == before
    file = tmp_path / "file"
    file.write_text("something")
    with pytest.raises(BackupExistsError):
        restore(backup, file, now)
    assert file.read_text() == "something"


def test_a_journal_that_lacks_an_attachment_is_not_backed_up(original, tmp_path):
    node = shutil.copytree(original, tmp_path / "node")
    next((node / "journal" / "attachments").glob("*/*")).unlink()
    with (
        closing(open_journal(node / "journal", clock=now, read_only=True)) as journal,
        pytest.raises(AttachmentMissingError),
    ):
        back_up(journal, [], tmp_path / "backup", now)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["node"]


def test_what_was_erased_while_it_was_copied_is_in_no_backup(original, tmp_path, monkeypatch):
    """Between the copy of the database and that of attachments, one is erased: a newer copy is taken."""
    node = shutil.copytree(original, tmp_path / "node")
    with closing(open_journal(node / "journal", clock=now)) as journal:
        (digest,) = journal.attach([b"to be erased"])
        real, copies = back_up.__globals__["_copy_database"], []

        def erasing(source, target):
            real(source, target)
            copies.append(target)
            if len(copies) == 1:
                journal._writer.connection().execute("DELETE FROM attachments WHERE digest = ?", (digest,))
                journal.files.path(digest).unlink()

        monkeypatch.setitem(back_up.__globals__, "_copy_database", erasing)
        manifest = back_up(journal, [node / "node.toml"], tmp_path / "backup", now)
    assert (len(copies), manifest.attachments) == (2, 8)
    assert restore(tmp_path / "backup", tmp_path / "new", now) == manifest


# Against a checkpoint that was kept elsewhere


@pytest.fixture
def published(original, tmp_path):
    """A copy of the node, and its checkpoint in a file outside."""
    node = shutil.copytree(original, tmp_path / "published")
    kept = tmp_path / "kept"
    with open_node(node, now) as opened:
        kept.write_text(opened.checkpoint().note)
    return node, kept


def test_a_backup_carries_the_newest_checkpoint_and_is_restored_against_one_kept_elsewhere(
    published, tmp_path
):
    node, kept = published
    with open_node(node, now) as opened:
        list(lodge_on(opened, "one", 8, 1))
        newest = opened.checkpoint()
        list(lodge_on(opened, "one", 9, 1))
    (said,), _, _ = tidegate("backup", "--node", node, tmp_path / "backup")
    assert said["checkpoint"] == newest.size < said["entries"]
    assert (tmp_path / "backup" / "checkpoint").read_text() == newest.note
    (said,), status, _ = tidegate("restore", tmp_path / "backup", tmp_path / "new", "--against", kept)
    assert (status, said["against"]) == (0, True)
    assert not (tmp_path / "new" / "checkpoint").exists()
    assert verified(tmp_path / "new").ok


def test_a_backup_older_than_the_checkpoint_is_refused(published, original, tmp_path):
    _, kept = published
    with open_node(shutil.copytree(original, tmp_path / "old"), now) as opened:
        back_up(opened.journal, [], tmp_path / "backup", now)
    with open_node(published[0], now) as opened:
        list(lodge_on(opened, "one", 8, 1))
        kept.write_text(opened.checkpoint().note)
    _, _, said = tidegate("restore", tmp_path / "backup", tmp_path / "new", "--against", kept)
    assert "tail is cut off" in said
    assert not (tmp_path / "new").exists()


def test_a_backup_of_a_rewritten_history_is_refused_although_it_verifies(published, original, tmp_path):
    node, kept = published
    forged = made(tmp_path / "forged")
    for name in ("node.key", "node.signing.key", "node.toml"):
        shutil.copy(original / name, forged / name)
    with open_node(forged, now) as opened:
        list(lodge_on(opened, "one", 1, 9))
        opened.catch_up()
        opened.checkpoint()
        assert opened.journal.size >= len(story(node))
    assert verified(forged).ok
    tidegate("backup", "--node", forged, "--with-keys", tmp_path / "backup")
    assert tidegate("restore", tmp_path / "backup", tmp_path / "believed")[1] == 0
    _, _, said = tidegate("restore", tmp_path / "backup", tmp_path / "new", "--against", kept)
    assert "history was rewritten" in said
    assert not (tmp_path / "new").exists()


def test_a_checkpoint_of_another_key_is_no_proof(published, tmp_path):
    node, kept = published
    with open_node(made(tmp_path / "other"), now) as other:
        vkey = other.verifier_key().vkey
    tidegate("backup", "--node", node, tmp_path / "backup")
    arguments = ("restore", tmp_path / "backup", tmp_path / "new", "--against", kept)
    _, _, said = tidegate(*arguments, "--key", vkey)
    assert "[backup_unsound]" in said
    assert not (tmp_path / "new").exists()
    assert tidegate(*arguments)[1] == 0


# What does not prove itself


def cut_manifest(backup):
    path = backup / "manifest.json"
    path.write_text(path.read_text()[:100])


def no_manifest(backup):
    (backup / "manifest.json").unlink()


def of_another_format(backup):
    change(backup, format=2)


def other_root(backup):
    change(backup, root="00" * 32)


def fewer_entries(backup):
    change(backup, entries=3)


def leading_out(backup):
    files = json.loads((backup / "manifest.json").read_text())["files"]
    change(backup, files=files | {"../escaped": files["node.toml"]})


def no_database_named(backup):
    files = json.loads((backup / "manifest.json").read_text())["files"]
    change(backup, files={"node.toml": files["node.toml"]})


def database_changed(backup):
    with (backup / "journal" / "journal.sqlite").open("r+b") as file:
        file.seek(20_000)
        file.write(b"\x00\x01\x02")


def database_changed_and_the_manifest_with_it(backup):
    path = backup / "journal" / "journal.sqlite"
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("DELETE FROM bodies WHERE position = 2")
    signed_again(backup, path)


def history_cut_and_the_manifest_with_it(backup):
    path = backup / "journal" / "journal.sqlite"
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("DELETE FROM entries WHERE position >= 4")
    signed_again(backup, path)


def database_missing(backup):
    (backup / "journal" / "journal.sqlite").unlink()


def configuration_missing(backup):
    (backup / "node.toml").unlink()


def configuration_changed(backup):
    (backup / "node.toml").write_text("batch = 1\n")


def attachment_lost(backup):
    next((backup / "journal" / "attachments").glob("*/*")).unlink()


def attachment_altered(backup):
    next((backup / "journal" / "attachments").glob("*/*")).write_bytes(b"altered")


def change(backup, **parts):
    path = backup / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | parts))


def signed_again(backup, path):
    digest_of = restore.__globals__["digest_of"]
    files = json.loads((backup / "manifest.json").read_text())["files"]
    change(backup, files=files | {"journal/journal.sqlite": digest_of(path)})


UNSOUND = (
    cut_manifest,
    no_manifest,
    of_another_format,
    other_root,
    fewer_entries,
    leading_out,
    no_database_named,
    database_changed,
    database_changed_and_the_manifest_with_it,
    history_cut_and_the_manifest_with_it,
    database_missing,
    configuration_missing,
    configuration_changed,
    attachment_lost,
    attachment_altered,
)


@pytest.mark.parametrize("damage", UNSOUND)
def test_a_backup_that_does_not_prove_itself_is_refused_and_leaves_nothing(backup, tmp_path, damage):
    damage(backup)
    before = sorted(tmp_path.iterdir())
    _, _, said = tidegate("restore", backup, tmp_path / "new")
    assert "[backup_unsound]" in said
    assert "Nothing was restored." in said
    assert sorted(tmp_path.iterdir()) == before


def test_the_entries_of_a_restored_node_keep_their_times(original, backup, tmp_path):
    restore(backup, tmp_path / "new", now)
    assert [entry.recorded for entry in entries(tmp_path / "new")] == [
        entry.recorded for entry in entries(original)
    ]
