import hashlib
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model import torrent_file
from mediatui.model.errors import UsageError
from mediatui.model.torrent_file import MAX_BYTES, MAX_DEPTH, TorrentFileFacts, read_torrent_file

Tree = int | bytes | Sequence["Tree"] | Mapping[bytes, "Tree"]

SINGLE: Mapping[bytes, Tree] = {b"length": 700, b"name": b"Film.mkv", b"piece length": 16384, b"pieces": b"\x01" * 20}
MANY: Mapping[bytes, Tree] = {
    b"files": [
        {b"length": 5, b"path": [b"a.mkv"]},
        {b"attr": b"p", b"length": 11, b"path": [b".pad", b"11"]},
        {b"length": 0, b"path": [b"Subs", b"a.srt"]},
    ],
    b"name": b"Show",
    b"piece length": 16384,
    b"pieces": b"\xff" * 40,
}


def encoded(value: Tree) -> bytes:
    """Bencode, keys in the order given."""
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, Mapping):
        return b"d" + b"".join(encoded(key) + encoded(each) for key, each in value.items()) + b"e"
    return b"l" + b"".join(map(encoded, value)) + b"e"


def torrent(info: Tree) -> bytes:
    return encoded({b"announce": b"http://t.example/announce", b"creation date": 1_700_000_000, b"info": info})


def changed(info: Mapping[bytes, Tree], **facts: Tree | None) -> bytes:
    """A torrent with some facts of ``info`` replaced; None leaves one out."""
    both = {**info, **{key.replace("_", " ").encode(): value for key, value in facts.items()}}
    return torrent({key: value for key, value in both.items() if value is not None})


def refusal(data: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        read_torrent_file(data)
    assert caught.value.hint
    return caught.value.message


def test_a_torrent_of_one_file() -> None:
    digest = hashlib.sha1(encoded(SINGLE)).hexdigest()
    assert read_torrent_file(torrent(SINGLE)) == TorrentFileFacts(digest, "Film.mkv", 700, (("/Film.mkv", 700),))


def test_a_torrent_of_several_files_keeps_their_order_and_the_padding_between() -> None:
    facts = read_torrent_file(torrent(MANY))
    assert facts.files == (("/a.mkv", 5), ("/.pad/11", 11), ("/Subs/a.srt", 0))
    assert (facts.name, facts.bytes) == ("Show", 16)


def test_the_hash_is_of_the_bytes_as_they_lie_even_with_keys_out_of_order() -> None:
    backwards = dict(reversed(SINGLE.items()))
    assert read_torrent_file(torrent(backwards)).hash == hashlib.sha1(encoded(backwards)).hexdigest()
    assert encoded(backwards) != encoded(SINGLE)


def test_an_info_deeper_in_the_file_is_not_the_info() -> None:
    decoy = {b"info": {b"name": b"decoy"}}
    data = encoded({b"a": decoy, b"info": {b"info": decoy, **SINGLE}, b"z": [decoy]})
    assert read_torrent_file(data).hash == hashlib.sha1(encoded({b"info": decoy, **SINGLE})).hexdigest()


def test_names_prefer_their_utf8_form_and_never_fail_to_decode() -> None:
    files = [{b"length": 1, b"path": [b"\xe9"], b"path.utf-8": ["é".encode()]}, {b"length": 1, b"path": [b"\xe9"]}]
    facts = read_torrent_file(torrent({b"files": files, b"name": b"\xe9", b"name.utf-8": "É".encode(), b"pieces": b""}))
    assert facts.name == "É"
    assert [path for path, _ in facts.files] == ["/é", "/\ufffd"]
    assert read_torrent_file(changed(SINGLE, name=b"\xe9")).name == "\ufffd"


def test_a_hybrid_torrent_is_read_by_its_version_1_part_and_a_version_2_one_refused() -> None:
    tree = {b"Film.mkv": {b"": {b"length": 700}}}
    assert read_torrent_file(changed(SINGLE, meta_version=2, file_tree=tree)).bytes == 700
    assert "version 2 only" in refusal(changed(SINGLE, meta_version=2, file_tree=tree, pieces=None, length=None))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"<html>Not found</html>", "not a torrent file"),
        (b"i1e", "not a torrent file"),
        (b"d", "too early"),
        (b"de", "no info"),
        (b"d4:infoi1ee", "not a dictionary"),
        (b"d4:infolee", "not a dictionary"),
        (torrent(SINGLE)[:-1], "too early"),
        (torrent(SINGLE) + b"\n", "more data behind"),
        (torrent(SINGLE) + torrent(SINGLE), "more data behind"),
        (b"d1:ai007ee", "number is malformed"),
        (b"d1:ai-0ee", "number is malformed"),
        (b"d1:aiee", "number is malformed"),
        (b"d1:ai1", "number is malformed"),
        (b"d1:ai+1ee", "number is malformed"),
        (b"d1:ai" + b"9" * 20 + b"ee", "number is malformed or too big"),
        (b"d1:ai" + b"9" * 100_000 + b"ee", "number is malformed or too big"),
        (b"d1:a5:abcde"[:-1], "beyond the end"),
        (b"d1:a" + b"9" * 18 + b":xe", "beyond the end"),
        (b"d1:a" + b"9" * 100_000 + b":xe", "length of a text"),
        (b"d1:a03:abce", "length of a text"),
        (b"d1:a-1:e", "value was expected"),
        (b"d1:ae", "value was expected"),
        (b"di1ei1ee", "key is not a text"),
        (b"d1:ai1e1:ai2ee", "twice"),
        (b"d1:a" + b"l" * 1_000_000, "nested deeper"),
        (b"d1:a" + b"d1:a" * 1_000_000, "nested deeper"),
        (changed(SINGLE, pieces=None), "no pieces"),
        (changed(SINGLE, pieces=b"x" * 19), "SHA-1"),
        (changed(SINGLE, pieces=7), "SHA-1"),
        (changed(SINGLE, name=None), "no name"),
        (changed(SINGLE, name=b""), "no name"),
        (changed(SINGLE, name=5), "no name"),
        (changed(SINGLE, length=None), "size for the file"),
        (changed(SINGLE, length=-1), "size for the file"),
        (changed(SINGLE, length=b"1"), "size for the file"),
        (changed(SINGLE, files=MANY[b"files"]), "at once"),
        (changed(MANY, files=[]), "no list of files"),
        (changed(MANY, files={}), "no list of files"),
        (changed(MANY, files=[b"x"]), "no facts for file 1"),
        (changed(MANY, files=[{b"length": 1, b"path": [b"a"]}, {b"length": 1}]), "path for file 2"),
        (changed(MANY, files=[{b"length": 1, b"path": []}]), "path for file 1"),
        (changed(MANY, files=[{b"length": 1, b"path": [b""]}]), "path for file 1"),
        (changed(MANY, files=[{b"length": 1, b"path": [5]}]), "path for file 1"),
        (changed(MANY, files=[{b"path": [b"a"]}]), "size for file 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_none_is_refused_with_the_reason(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_the_place_of_the_damage_is_named() -> None:
    assert "at byte 4:" in refusal(b"d1:ax")


def test_nesting_is_allowed_up_to_the_limit() -> None:
    def nested(levels: int) -> bytes:
        return b"d1:a" + b"l" * levels + b"e" * levels + b"4:info" + encoded(SINGLE) + b"e"

    assert read_torrent_file(nested(MAX_DEPTH - 1)).name == "Film.mkv"
    assert "nested deeper" in refusal(nested(MAX_DEPTH))


def test_a_file_beyond_the_limit_is_refused_and_one_at_the_limit_is_not() -> None:
    room = MAX_BYTES - len(encoded({b"a": b"", b"info": SINGLE})) - 7
    full = encoded({b"a": b"x" * room, b"info": SINGLE})
    assert len(full) == MAX_BYTES
    assert read_torrent_file(full).bytes == 700
    assert "16,777,217 bytes" in refusal(encoded({b"a": b"x" * (room + 1), b"info": SINGLE}))


def test_a_file_of_countless_tiny_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert torrent_file.MAX_VALUES < MAX_BYTES / 4, "a file within the size could hold no more values than that"
    monkeypatch.setattr(torrent_file, "MAX_VALUES", 1_000)
    lists = 2
    within = b"d1:al" + b"0:" * (1_000 - lists - len(SINGLE)) + b"e4:info" + encoded(SINGLE) + b"e"
    assert read_torrent_file(within).name == "Film.mkv"
    assert "more than 1,000 values" in refusal(within.replace(b"0:", b"0:0:", 1))
    assert "more than 1,000 values" in refusal(b"d1:al" + b"0:" * 1_001 + b"ee")


def read_or_refused(data: bytes) -> TorrentFileFacts | None:
    """Any other exception than UsageError fails the test."""
    try:
        facts = read_torrent_file(data)
    except UsageError:
        return None
    assert len(facts.hash) == 40
    assert all(path.startswith("/") and size >= 0 for path, size in facts.files)
    return facts


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda data: b"d4:info" + data))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refused(data)


TREES: st.SearchStrategy[Tree] = st.recursive(
    st.integers(-(2**63), 2**63 - 1) | st.binary(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.binary(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(sorted(MANY.keys() | SINGLE.keys())), TREES))
def test_any_well_formed_info_is_read_or_refused(facts: dict[bytes, Tree]) -> None:
    read_or_refused(torrent(facts))
    read_or_refused(torrent({**MANY, **facts}))


@pytest.mark.slow
@given(st.sampled_from([SINGLE, MANY]), st.dictionaries(st.binary(min_size=20, max_size=24), TREES, max_size=4))
def test_the_hash_is_the_sha1_of_the_info_whatever_else_is_in_it(
    info: Mapping[bytes, Tree], extra: dict[bytes, Tree]
) -> None:
    whole = {**extra, **info}
    facts = read_or_refused(torrent(whole))
    assert facts is not None
    assert facts.hash == hashlib.sha1(encoded(whole)).hexdigest()


GOOD = torrent(MANY)


def test_a_file_cut_off_anywhere_is_refused() -> None:
    for length in range(len(GOOD)):
        assert refusal(GOOD[:length])


@pytest.mark.slow
@given(st.data())
def test_a_file_with_some_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    mutated = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(GOOD) - 1))
        mutated[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"e", b"d"])
        )
    read_or_refused(bytes(mutated))
