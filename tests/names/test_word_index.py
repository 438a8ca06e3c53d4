"""Names found by their words."""

from __future__ import annotations

from itertools import combinations

from mediatui.names.word_index import WordIndex


def test_words_equally_rare_are_asked_in_the_same_order_in_every_run() -> None:
    """Text hashes differ from run to run; what is found must not."""
    words = [f"word{letter}" for letter in "abcdef"]
    index = WordIndex()
    for at, pair in enumerate(combinations(words, 2)):
        index.add(at, pair)
    for order in (words, words[::-1]):
        for first, second, third in combinations(order, 3):
            found = index.holding(f"{first} {second} {third}")
            one, two, three = sorted((first, second, third))
            pairs = list(combinations(words, 2))
            assert found == {pairs.index((one, two)), pairs.index((two, three))}
