"""A search for bytes in every file of a node, what is compressed included."""

import zstandard


def found_in(folder, needle):
    """Return the names of the files below the folder that have the bytes in them."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(needle in data for data in contents(path))
    )


def contents(path):
    data = path.read_bytes()
    yield data
    if data[:4] == b"\x28\xb5\x2f\xfd":
        yield zstandard.ZstdDecompressor().decompress(data, max_output_size=2**26)
