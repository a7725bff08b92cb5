"""Schedules of cronjobs, against a reading that counts instead of computing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.schedule import parse

FIELDS = ("minutes", "hours", "days", "months", "weekdays")
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
NAMES = {
    3: ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    4: ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}


@st.composite
def members(draw: st.DrawFn, place: int) -> tuple[str, set[int]]:
    """One member of a list and the values it means."""
    least, most = BOUNDS[place]
    first = draw(st.integers(least, most))
    last = draw(st.integers(first, most))
    step = draw(st.none() | st.integers(1, 70))
    form = draw(st.sampled_from(("all", "one", "range")))
    end = {"all": most, "one": most if step else first, "range": last}[form]
    start = least if form == "all" else first
    written = {
        "all": draw(st.sampled_from("*?")),
        "one": _name(draw, place, first),
        "range": f"{_name(draw, place, first)}-{_name(draw, place, last)}",
    }[form]
    values = {number for number in range(start, end + 1) if (number - start) % (step or 1) == 0}
    return (f"{written}/{step}" if step else written), values


def _name(draw: st.DrawFn, place: int, number: int) -> str:
    if place not in NAMES or draw(st.booleans()):
        return draw(st.sampled_from((str(number), f"{number:02}")))
    name = NAMES[place][number - BOUNDS[place][0]]
    return draw(st.sampled_from((name, name.upper())))


@st.composite
def fields(draw: st.DrawFn, place: int) -> tuple[str, set[int]]:
    listed = draw(st.lists(members(place), min_size=1, max_size=3))
    return ",".join(text for text, _ in listed), set().union(*(values for _, values in listed))


@given(st.data(), st.sampled_from(range(5)))
def test_each_field_means_what_counting_says(data: st.DataObject, place: int) -> None:
    text, expected = data.draw(fields(place))
    if place == 2:
        expected_text = ["*", "*", text, "1", "*"]
    else:
        expected_text = ["*"] * 5
        expected_text[place] = text
    assert getattr(parse("  ".join(expected_text)), FIELDS[place]) == expected


@given(st.data(), st.sampled_from(range(5)))
def test_a_number_out_of_range_is_refused_with_its_field(data: st.DataObject, place: int) -> None:
    least, most = BOUNDS[place]
    number = data.draw(st.integers(most + 1, 10_000) | st.integers(0, max(least - 1, 0)))
    if least <= number <= most:
        return
    text = ["*"] * 5
    text[place] = str(number)
    name = ("minute", "hour", "day of month", "month", "day of week")[place]
    with pytest.raises(BadInput, match=rf": {name}: {number} is not from {least} to {most}"):
        parse(" ".join(text))


@given(st.text(max_size=40))
def test_any_text_is_either_read_or_refused_in_words(text: str) -> None:
    try:
        schedule = parse(text)
    except BadInput:
        return
    assert parse(schedule.text) == schedule


@pytest.mark.parametrize(
    ("word", "fields"),
    [
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
        ("@monthly", "0 0 1 * *"),
        ("@weekly", "0 0 * * 0"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
    ],
)
def test_a_word_stands_for_its_fields_and_is_kept(word: str, fields: str) -> None:
    meant, spelled = parse(word), parse(fields)
    assert meant.text == word
    assert [getattr(meant, name) for name in FIELDS] == [getattr(spelled, name) for name in FIELDS]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has 0 fields"),
        ("* * * *", "has 4 fields"),
        ("0 * * * * *", "has 6 fields"),
        ("@reboot", "is none of"),
        ("@every 5m", "has 2 fields"),
        ("CRON_TZ=UTC * * * * *", "has 6 fields"),
        ("*/0 * * * *", "minute: step '0'"),
        ("*/ * * * *", "minute: step ''"),
        ("1,,2 * * * *", "minute: '' cannot be read"),
        ("*-5 * * * *", "minute: '\\*-5' cannot be read"),
        ("+5 * * * *", "minute: '\\+5' cannot be read"),
        ("* 9-5 * * *", "hour: 9-5 runs backwards"),
        ("* * * * 7", "day of week: 7 is not from 0 to 6"),
        ("* * * foo *", "month: 'foo' cannot be read"),
        ("jan * * * *", "minute: 'jan' cannot be read"),
        ("١ * * * *", "minute: '١' cannot be read"),
        ("0 0 31 2,4 *", "never comes"),
    ],
)
def test_what_no_region_would_run_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse(text)


def test_a_day_that_february_has_in_leap_years_or_a_day_of_week_comes() -> None:
    assert parse("0 0 29 feb *").days == {29}
    assert parse("0 0 31 2 mon").weekdays == {1}
