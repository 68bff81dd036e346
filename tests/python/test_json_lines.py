"""Tables of JSON lines: an object of the columns in each line, or a list."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from aotbackprop import read_table

ROWS = [[1.5, 2, "a"], [-3e-7, 0, "b"], [12345678901234567890, 1e22, "a"]]
OBJECTS = [dict(zip(("x", "y y", "z"), row)) for row in ROWS]


def lines(values, end="\n"):
    return end.join(map(json.dumps, values))


@pytest.mark.parametrize(
    "text",
    [
        lines(ROWS),
        lines(OBJECTS),
        lines(OBJECTS) + "\n",
        lines(OBJECTS, "\r\n\n  \n"),
        " \n\t" + lines(ROWS),
        lines([OBJECTS[0], *[dict(reversed(one.items())) for one in OBJECTS[1:]]]),
        "\ufeff" + lines(OBJECTS),
        # A text may be a number, and true and false are 1 and 0.
        '["1.5", " 2 ", "a"]\n[-3E-7, false, "b"]\n[12345678901234567890.0, "1e22", "\\u0061"]',
        lines(OBJECTS).encode("utf-16"),
        gzip.compress(lines(OBJECTS).encode()),
    ],
    ids=range(10),
)
def test_objects_and_lists_are_tables(text, tmp_path):
    path = tmp_path / "table"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    table = read_table(path)
    assert table.X.tolist() == [[float(one) for one in row[:2]] for row in ROWS]
    assert table.y.tolist() == [0, 1, 0] and table.classes == ("a", "b")
    assert table.columns == (None if b"[" in path.read_bytes()[:4] else ("x", "y y"))


def test_columns_have_names_of_objects(tmp_path):
    (tmp_path / "table").write_text(lines(OBJECTS))
    table = read_table(tmp_path / "table", "z", weights="y y")
    assert table.columns == ("x",) and table.target == ("z",) and table.weights.tolist() == [2, 0, np.float32(1e22)]
    assert read_table(tmp_path / "table", None, leave_out=["z"]).columns == ("x", "y y")


def test_what_is_missing_is_null_or_a_word(tmp_path):
    (tmp_path / "table").write_text('{"a":null,"b":0}\n{"a":"NA","b":1}\n{"a":"","b":0}\n{"a":3,"b":1}')
    assert np.array_equal(read_table(tmp_path / "table", missing=True).X[:, 0], [np.nan, np.nan, np.nan, 3], equal_nan=True)
    with pytest.raises(ValueError, match=r", line 1, column 1 \('a'\), is empty; wanted a number. It is missing: read_table"):
        read_table(tmp_path / "table")
    (tmp_path / "table").write_text('{"a":1,"b":0}\n{"a":2,"b":null}')
    with pytest.raises(ValueError, match=r", line 2, column 2 \('b'\), is empty; wanted a target: none may be missing"):
        read_table(tmp_path / "table")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a":1,"b":2}\n{"a":1,"b":}', r', line 2, is no JSON; wanted an object or a list in each line, as in {"column":1.5}$'),
        ('{"a":1,"b":2}\n{"a":1,"b":2} 3', ", line 2, is no JSON"),
        ('{"a":1,"b":2}\n{"a":NaN,"b":2}', ", line 2, is no JSON"),
        ('{"a":1,"b":2}\n{"a":-Infinity,"b":2}', ", line 2, is no JSON"),
        ('{"a":1,"b":2}\n{"a":01,"b":2}', ", line 2, is no JSON"),
        ("{'a':1}\n", ", line 1, is no JSON"),
        ('{"a":1,"b":"\\ud800"}\n', ", line 1, is no JSON"),
        ("{" + '"a":[' * 99_999 + "\n", ", line 1, is no JSON"),
        ("[1,2]\n{}", ", line 2, is no list; wanted one, as in the first line"),
        ('{"a":1,"b":2}\n[1,2]', ", line 2, is no object; wanted one, as in the first line"),
        ('{"a":1,"b":2}\n3', ", line 2, is no object"),
        ("{}\n", ", line 1, holds no value; wanted one for each column"),
        ("[]\n", ", line 1, holds no value"),
        ('{"a":1,"a":2}\n', ", line 1, has 'a' twice; wanted each column once"),
        ('{"a":1,"b":2}\n{"a":1,"a":2}', ", line 2, has 'a' twice; wanted its columns, each once"),
        ('{"a":1,"b":2}\n{"a":1,"c":2}', ", line 2, has 'c', which the first line has not; wanted its columns, each once"),
        ('{"a":1,"b":2}\n{"b":2}', ", line 2, has 1 value; wanted 2, as in the first line. It lacks 'a'"),
        ("[1,2]\n[1,2,3]", ", line 2, has 3 values; wanted 2, as in the first line$"),
        ('{"a":1,"b":2}\n{"a":[1],"b":2}', r", line 2, column 1 \('a'\), is an object or a list; wanted a number, a text or null"),
        ('[1,2]\n[{"a":1},2]', ", line 2, column 1, is an object or a list"),
        ('[1,2]\n["one",2]', ", line 2, column 1, is 'one'; wanted a number. leave_out=.0. leaves the column out"),
        ('[1,2]\n["0x1",2]', ", line 2, column 1, is '0x1'; wanted a number. Correct it, or leave the column out by leave_out=.0."),
        ('[1,2]\n[1e999,2]', ", line 2, column 1, is '1e999'; wanted a number. It is larger than a float64 can hold"),
        ('[1,2]\n["\\u001b",2]', r"It holds a character that can't be seen, shown as \?"),
    ],
    ids=range(24),
)
def test_what_is_no_table_is_named(text, words, tmp_path):
    path = tmp_path / "table"
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as error:
        read_table(path)
    assert str(error.value).startswith(f"table '{path}', line")
