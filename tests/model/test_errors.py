from mediatui.model.errors import MediatuiError


def test_a_sentence_is_the_message_and_the_hint_when_there_is_one() -> None:
    assert MediatuiError("It broke.", "Mend it.").sentence == "It broke. Mend it."
    assert MediatuiError("It broke.").sentence == "It broke."
