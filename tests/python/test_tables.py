"""Tables as people have them, and what a network makes of them."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import struct

import numpy as np
import pytest
from aotbackprop import Digits, Table, _rows, metrics, read_table

# Ten classes of 64 numbers: every value that a spreadsheet would write.
random = np.random.default_rng(1)
N = 40
X = np.round(random.standard_normal((N, 64)) * 10.0 ** random.integers(-3, 4, (N, 64)), 4)
y = np.arange(N) % 10
HEAD = [f"column {i}" for i in range(64)] + ["class"]
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def text(delimiter=",", end="\n", number=repr, label=str, head=None, first=False):
    def row(fields, one):
        return delimiter.join([one, *fields] if first else [*fields, one])

    rows = [row([number(float(value)) for value in values], label(int(one))) for values, one in zip(X, y)]
    return "".join(line + end for line in ([delimiter.join(head)] if head else []) + rows)


PLAIN = text()
GOOD = {
    "plain": (PLAIN, {}),
    "a header": (text(head=HEAD), {}),
    "a header that is told": (text(head=HEAD), dict(header=True)),
    "a header with quotation marks": (text(head=[f'"{name}"' for name in HEAD]), {}),
    "semicolons": (text(";"), {}),
    "tabs": (text("\t"), {}),
    "bars": (text("|"), {}),
    "blanks": (text(" "), {}),
    "several blanks": (text("   "), {}),
    "commas and blanks": (text(" , "), {}),
    "a delimiter that is told": (text("!"), dict(delimiter="!")),
    "decimal commas": (text(";").replace(".", ","), dict(decimal_comma=True)),
    "decimal commas, tabs and a header": (text("\t", head=HEAD).replace(".", ","), dict(decimal_comma=True)),
    "quotation marks": (text(number='"{!r}"'.format), {}),
    "quotation marks and blanks": (text(" , ", number='"{!r}"'.format), {}),
    "labels in quotation marks": (text(label='"{}"'.format), {}),
    "CR LF": (text(end="\r\n"), {}),
    "CR": (text(end="\r"), {}),
    "no end of the last line": (PLAIN[:-1], {}),
    "a mark of UTF-8": ("\ufeff" + PLAIN, {}),
    "UTF-16 with a mark": (PLAIN.encode("utf-16"), {}),
    "UTF-16 without": (PLAIN.encode("utf-16-le"), {}),
    "UTF-16, the other way round": (PLAIN.encode("utf-16-be"), {}),
    "UTF-32": (PLAIN.encode("utf-32"), {}),
    "UTF-32 without a mark": (PLAIN.encode("utf-32-be"), {}),
    "Latin-1": (text(head=[*HEAD[:-1], "größe"]).encode("latin-1"), dict(encoding="latin-1", target="größe")),
    "blank lines": ("\n\n" + PLAIN.replace("\n", "\n\n") + "   \n\n", {}),
    "delimiters at the ends": (text(end=",\n"), {}),
    "delimiters at the ends, not of the header": (",".join(HEAD) + "\n" + text(end=",\n"), {}),
    "comments": ("# mine\n" + PLAIN.replace("\n", "\n#\n", 2), dict(comment="#")),
    "Excel's first line": ("sep=;\n" + text(";"), {}),
    "Excel's first line with quotation marks": ('"sep=\t"\r\n' + text("\t", end="\r\n"), {}),
    "the end that DOS wrote": (PLAIN + "\x1a", {}),
    "scientific": (text(number=lambda value: f"{value:.17e}".upper(), label="{:.18e}".format), {}),
    "with signs": (text(number=lambda value: f"{value:+.17g}", label="+{}".format), {}),
    "labels in front": (text(first=True), dict(target="first")),
    "labels in front by number": (text(first=True), dict(target=0)),
    "labels by name": (text(head=HEAD), dict(target="class")),
    "labels by number from behind": (PLAIN, dict(target=-1)),
    "labels as text": (text(label=NAMES.__getitem__), {}),
    "labels as text, and a header": (text(label=NAMES.__getitem__, head=HEAD), dict(target=["class"])),
    "labels from 1": (text(label=lambda one: str(one + 1)), {}),
    "labels with gaps": (text(label=lambda one: str((one - 3) * 10)), {}),
    "labels of many forms": (text(label=["0", "1.0", "+2", "03", "4.000e+00", "50e-1", "6.", "7", "8", "9"].__getitem__), {}),
    "rows with numbers": (
        "".join(f"{i},{line}\n" for i, line in enumerate(text(head=HEAD).splitlines())).replace("0,", ",", 1),
        dict(leave_out=[0]),
    ),
    "gzip": (gzip.compress(PLAIN.encode()), {}),
    "gzip of two parts": (gzip.compress(PLAIN[:999].encode()) + gzip.compress(PLAIN[999:].encode()), {}),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_table_of_any_dialect_has_the_same_samples(kind, tmp_path):
    content, how = GOOD[kind]
    path = tmp_path / "table"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    table = read_table(path, network=Digits, **how)
    assert table.X.dtype == np.float64 and table.X.tobytes() == X.tobytes()
    labels = table.y if table.classes is None else np.array(table.classes)[table.y]
    wanted = {"labels as text": NAMES, "labels from 1": range(1, 11), "labels with gaps": range(-30, 70, 10)}
    of = next((names for start, names in wanted.items() if kind.startswith(start)), range(10))
    assert list(map(str, labels)) == [str(of[one]) for one in y] and table.y.dtype == np.int32
    has_names = "header" in kind or "name" in kind or kind in ("Latin-1", "rows with numbers")
    assert table.columns == (tuple(HEAD[:64]) if has_names and "ends" not in kind else table.columns)
    if has_names:
        assert table.columns == tuple(HEAD[:64]) and len(table.target) == 1
    else:
        assert table.columns is None and table.target is None
    # What no network tells is found out of the labels.
    free = read_table(str(path), **how)
    assert np.array_equal(free.X, X) and np.array_equal(free.targets_for(Digits), table.y)
    assert len(free) == N and f"{N} × 64 inputs" in repr(free)
    assert np.array_equal(pickle.loads(pickle.dumps(free)).targets_for(Digits), table.y)


def test_classes_are_in_one_order(tmp_path):
    path = tmp_path / "table"

    def read(labels, network=None):
        path.write_text("".join(f"{i},{label}\n" for i, label in enumerate(labels)), encoding="utf-8")
        table = read_table(path, header=False, network=network)
        return table.y.tolist(), table.classes

    class Three:
        sizes, output, columns, classes = (1, 4, 3), "softmax", None, None

    # Class numbers are themselves, even where one does not occur.
    assert read(["2", "0", "2.0"], Three) == ([2, 0, 2], None)
    assert read(["10", "9", "-1"], Three) == ([2, 1, 0], ("-1", "9", "10"))
    # By the characters' numbers: upper case before lower, and é behind z.
    assert read(["é", "z", "B"], Three) == ([2, 1, 0], ("B", "z", "é"))
    assert read(["10", "9", "a"], Three) == ([0, 1, 2], ("10", "9", "a"))
    assert read(["b", "a", "b"]) == ([1, 0, 1], ("a", "b")) and read(["3", "1", "1"]) == ([3, 1, 1], None)
    assert read(["0.5", "1", "2"]) == ([0.5, 1, 2], None)
    for labels, words in (
        (["0", "1", "3", "2"], "has 4 classes, '0', '1', '2', '3'; wanted 3, as Three 1-4-3 has"),
        (["a", "b"], "has 2 classes, 'a', 'b'; wanted 3"),
        (["5", "6", "5"], "has 2 classes, '5', '6'; wanted 3, as Three 1-4-3 has, or class numbers from 0 to 2"),
        (["0", "1", "2", "0", "1", "2", "x"], "'x' is the rarest, first in line 7, column 2"),
    ):
        with pytest.raises(ValueError, match=words):
            read(labels, Three)


BAD = {
    "": "table '.*' has no samples; wanted one or more",
    "\n\n\n": "has no samples",
    ",".join(HEAD) + "\n": "has names of columns alone; wanted samples",
    PLAIN.replace("\n", "\n1,2,3\n", 2)[: len(PLAIN)]: r", line 2, has 3 values; wanted 65, as in the first line",
    text(head=HEAD) + "1;2\n": r", line 42, has 1 value; wanted 65, as there are names",
    "@relation x\n@data\n" + PLAIN: r", line 1, is '@relation x': it seems to be ARFF; wanted CSV",
    "# mine\n" + PLAIN: r"It begins with #: comment='#' where that is a comment",
    PLAIN + "\0" * 99: r", line 41, has 1 value; wanted 65, .* It holds NUL characters",
    PLAIN[:-1] + "\0" * 99: r", line 40, column 65, holds NUL characters",
    '1,"2,3\n' + PLAIN: "a quotation mark is opened and never closed, or stands within a value",
    PLAIN.encode() + b"\xff": r", line 41, has a byte that is in no UTF-8 text; wanted encoding=, such as encoding='latin-1'",
    gzip.compress(PLAIN.encode())[:-9]: "is compressed by gzip, and cut off; wanted a whole file",
    gzip.compress(PLAIN.encode())[:-4] + b"\1\2\3\4": "is compressed by gzip, and damaged: .*; wanted a whole file",
    gzip.compress(PLAIN.encode()) + b"more": "is compressed by gzip, and something that is not follows",
    gzip.compress(PLAIN.encode()) + b"\0" * 9: "something that is not follows; wanted a whole file alone",
    "\n".join(line.split(",", 1)[1] for line in PLAIN.splitlines()): r"has 63 columns of inputs; wanted 64 for Digits 64-32-10",
    "".join(f"{i},{line}\n" for i, line in enumerate(PLAIN.splitlines())): r"has 65 columns of inputs; wanted 64 .*leave_out=\[0\]",
    ",".join(map(str, range(65))) + "\n" + PLAIN: r"the first line is 0, 1, 2, … up to 64, .* wanted header=True or header=False",
}


@pytest.mark.parametrize("words", BAD.values(), ids=range(len(BAD)))
def test_what_is_no_table_is_named(words, tmp_path):
    content = next(content for content, its in BAD.items() if its == words)
    path = tmp_path / "table"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=words) as error:
        read_table(path, network=Digits)
    assert str(error.value).startswith(f"table '{path}'")


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("", "is empty; wanted a number. It is missing: read_table.…, missing=True"), ("NA", "It is missing"), ("?", "It is missing"),
        ("nan", "It is missing"), ("None", "It is missing"), ("inf", "larger than a float64 can hold, or infinite"),
        ("-Infinity", "or infinite"), ("1e400", "larger than"), ("∞", "characters that are in no number"),
        ("0x10", "'0x10'; wanted a number. Correct it, or leave the column out by leave_out="), ("1_000", "'1_000'; wanted a number. Correct it, or leave the column out by leave_out="), ("1 000", "wanted a number. Correct it, or leave the column out by leave_out="),
        ("True", r"wanted a number. leave_out=\[(4|.column 4.)\] leaves the column out, and target="), ("1\0", "It holds NUL characters"), ("٣", "characters that are in no number"),
        ("1d", "wanted a number. Correct it, or leave the column out by leave_out="), ("1.2.3", "wanted a number. Correct it, or leave the column out by leave_out="), ("--5", "wanted a number. Correct it, or leave the column out by leave_out="), ("3:1.5", "seems to be LIBSVM"),
        ("\u00a05", "It holds a character that can't be seen, shown as [?]"), ("\u202e5", "shown as [?]"), ("5;6", "delimiter=';'"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("head", [None, HEAD])
def test_what_is_no_number_is_named(field, hint, head, tmp_path, monkeypatch):
    lines = text(head=head).splitlines()
    line = 3 if head else 2
    fields = lines[line - 1].split(",")
    fields[4] = field
    lines[line - 1] = ",".join(fields)
    (tmp_path / "table").write_text("\n".join(lines), encoding="utf-8")
    name = r" \('column 4'\)" if head else ""
    with pytest.raises(ValueError, match=rf"table '.*table', line {line}, column 5{name}, is .*wanted a number") as error:
        read_table(tmp_path / "table", network=Digits)
    error.match(hint)
    # Behind others that became numbers before.
    monkeypatch.setattr(_rows, "TOGETHER", 30)
    (tmp_path / "table").write_text("\n".join(lines[:1] + PLAIN.splitlines() * 3 + lines[1:]), encoding="utf-8")
    with pytest.raises(ValueError, match=rf", line {line + 3 * N}, column 5"):
        read_table(tmp_path / "table", network=Digits)


@pytest.mark.parametrize("field", ["+5", ".5", "5.", "1e5", "1E+05", '"5"', " 5 ", "1e-400", "-0", "4.9e-324", "0.1" + "0" * 999 + "1"])
def test_numbers_of_every_form(field, tmp_path):
    (tmp_path / "table").write_text(f"1,2,0\n{field},3,1\n")
    table = read_table(tmp_path / "table")
    value = np.float64(float(field.strip('"')))
    assert table.X[1, 0] == value and np.signbit(table.X[1, 0]) == np.signbit(value)


@pytest.mark.parametrize("label", ["", "NA", "nan", "?"])
def test_a_label_is_never_missing(label, tmp_path):
    (tmp_path / "table").write_text(f"a,b,c\n1,2,x\n3,4,{label}\n")
    with pytest.raises(ValueError, match=r", line 3, column 3 \('c'\), is .*; wanted a target: none may be missing"):
        read_table(tmp_path / "table", missing=True)


def test_missing_numbers_are_replaced_as_told(tmp_path):
    holes = random.random(X.shape) < 0.1
    words = ["", "NA", "N/A", "?", "null", "nan", "NaN", "None"]
    lines = [
        ",".join([words[(i + j) % 8] if hole else repr(float(value)) for j, (value, hole) in enumerate(zip(*row))] + [str(y[i])])
        for i, row in enumerate(zip(X, holes))
    ]
    (tmp_path / "table").write_text("\n".join(lines))
    table = read_table(tmp_path / "table", network=Digits, missing=True)
    assert np.array_equal(table.X, np.where(holes, np.nan, X), equal_nan=True)
    with pytest.raises(ValueError, match=r"X\[\d+, \d+\] is nan"):
        Digits(1).fit(table)
    means = [sum(column[~hole].tolist()) / (~hole).sum() for column, hole in zip(X.T, holes.T)]
    for missing, by in ((7.5, 7.5), ("mean", means), (list(range(64)), np.arange(64.0))):
        net = Digits(1).fit(table, missing=missing, scaling="standard", epochs=2)
        other = Digits(1).fit(np.where(holes, by, X), y, scaling="standard", epochs=2)
        assert np.array_equal(net.parameters, other.parameters) and net.scaling == other.scaling
        assert net.missing == tuple(np.broadcast_to(by, 64).tolist())
        net.save(tmp_path / "model")
        assert np.array_equal(Digits.load(tmp_path / "model").predict_proba(table), other.predict_proba(np.where(holes, by, X)))


def test_columns_are_found_by_their_names(tmp_path):
    (tmp_path / "table").write_text(text(head=HEAD, label=NAMES.__getitem__))
    net = Digits(1).fit(read_table(tmp_path / "table", network=Digits), epochs=2, scaling="minmax")
    assert net.columns == tuple(HEAD[:64]) and net.target == ("class",) and net.classes == tuple(sorted(NAMES))
    # Other columns, and others besides.
    order = random.permutation(65)
    lines = [line.split(",") for line in text(head=HEAD, label=NAMES.__getitem__).splitlines()]
    mixed = "\n".join(",".join([fields[i] for i in order] + ["more"]) for fields in lines)
    (tmp_path / "mixed").write_text(mixed)
    net.save(tmp_path / "model")
    for one in (net, Digits.load(tmp_path / "model"), pickle.loads(pickle.dumps(net))):
        table = read_table(tmp_path / "mixed", "class", network=one)
        assert np.array_equal(table.X, X) and table.classes == one.classes
        assert one.score(table) == net.score(X, table.y) and one.evaluate(table) == net.evaluate(X, table.y)
        assert np.array_equal(one.predict_names(table), np.array(net.classes)[net.predict(X)])
        assert one.metrics(table)["accuracy"] == net.score(X, table.y)
    free = read_table(tmp_path / "mixed", "class", leave_out=["more"])
    assert np.array_equal(net.predict(free), net.predict(X))
    with pytest.raises(ValueError, match=r"has the label 'ten'; wanted one of the classes of Digits 64-32-10, 'eight', 'five'"):
        (tmp_path / "other").write_text(text(head=HEAD, label=lambda one: "ten" if one == 7 else NAMES[one]))
        net.evaluate(read_table(tmp_path / "other"))
    lacking = read_table(tmp_path / "mixed", "class", leave_out=["column 5", "more"])
    with pytest.raises(ValueError, match="X has no column 'column 5'; wanted the 64 columns that the network has learned from"):
        net.predict(lacking)
    for how, words in (
        (dict(target="klass"), "has no column 'klass', which target names; wanted one of 'column"),
        (dict(target=66), "has 66 columns, and target is 66; wanted a name, or a number from -66 to 65"),
        (dict(target="class", leave_out=["class"]), "is a target and left out"),
        (dict(target="class", columns=["x"]), "has no column 'x', which columns names"),
        (dict(delimiter=";;"), "delimiter is ';;'; wanted one character"),
        (dict(delimiter=",", decimal_comma=True), "wanted another delimiter"),
        (dict(encoding="utf-99"), "encoding is 'utf-99'; wanted one that Python knows"),
    ):
        with pytest.raises(ValueError, match=words):
            read_table(tmp_path / "mixed", **how)
    with pytest.raises(ValueError, match="y is given beside a table"):
        net.fit(table, table.y)
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path / "none")
    with pytest.raises(ValueError, match="is a directory; wanted a file"):
        read_table(tmp_path)


def idx(array):
    code = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}[array.dtype.str[1:]]
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, code, array.ndim]) + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npz(**arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def test_arrays_are_tables_too(tmp_path):
    pictures = random.integers(0, 256, (N, 8, 8)).astype(np.uint8)
    wanted = pictures.reshape(N, 64).astype(np.float64)
    files = {
        "pictures": idx(pictures), "pictures.gz": gzip.compress(idx(pictures)), "labels": idx(y.astype(np.uint8)),
        "npy": npy(np.column_stack([wanted, y])), "pictures.npy": npy(pictures), "labels.npy": npy(y), "f4": idx(wanted.astype("f4")),
        "npz": npz(x_train=pictures, y_train=y), "other": npz(a=wanted, b=np.array(NAMES)[y]), "labels.csv": "\n".join(map(str, y)).encode(),
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    for name, how in (
        ("pictures", dict(target_file=tmp_path / "labels")), ("pictures.gz", dict(target_file=tmp_path / "labels")),
        ("pictures.npy", dict(target_file=tmp_path / "labels.npy")), ("f4", dict(target_file=tmp_path / "labels.csv")),
        ("npy", {}), ("npz", {}), ("other", dict(input_member="a", target_member="b")),
    ):  # fmt: skip
        table = read_table(tmp_path / name, network=Digits, **how)
        numbers = table.y if table.classes is None else [NAMES.index(table.classes[one]) for one in table.y]
        assert np.array_equal(table.X, wanted) and np.array_equal(numbers, y)
    assert read_table(tmp_path / "pictures", target=None).y is None
    with pytest.raises(ValueError, match="was read without a target; wanted one"):
        Digits(1).fit(read_table(tmp_path / "pictures", target=None))
    for content, words in (
        (files["pictures"][:-1], "is an IDX file of 40 × 8 × 8 numbers, and ends before its 2,560 bytes; wanted a whole file"),
        (files["npy"][:-1], "is an NPY file of 40 × 65 numbers, and ends before"), (files["npz"][:-30], "is damaged as an NPZ file"),
        (files["other"], "has the arrays 'a', 'b'; wanted X or x or x_train or data: input_member= says which"),
        (npy(np.array([{}])), "is damaged as an NPY file, or has objects"), (npy(np.array(["a"])), "wanted samples of numbers"),
        (npy(np.array([[1, np.nan, 2]])), r"sample 1, input 2, is nan; wanted a finite number. It is missing: read_table\(…, missing=True"),
    ):  # fmt: skip
        (tmp_path / "bad").write_bytes(content)
        with pytest.raises(ValueError, match=words):
            read_table(tmp_path / "bad")
    with pytest.raises(ValueError, match="has 40 samples, and '.*' 39 targets; wanted as many"):
        (tmp_path / "bad").write_bytes(npy(y[:-1]))
        read_table(tmp_path / "pictures", target_file=tmp_path / "bad")


def test_a_table_trains_as_its_arrays(tmp_path):
    (tmp_path / "train").write_text(text(label=NAMES.__getitem__, head=HEAD))
    table = read_table(tmp_path / "train", network=Digits)
    assert isinstance(table, Table)
    net = Digits(1).fit(table, epochs=3, scaling="standard", validation_data=table)
    other = Digits(1).fit(table.X, table.y, 3, scaling="standard", validation_data=(table.X, table.y))
    assert np.array_equal(net.parameters, other.parameters) and net.history == other.history
    assert other.classes is None and net.classes == table.classes
    assert net.metrics(table) == metrics.classification(table.y, net.predict_proba(table.X))
    with pytest.raises(ValueError, match="the network has no names of classes"):
        other.predict_names(X)
    assert os.listdir(tmp_path) == ["train"]


def test_a_fit_takes_a_path_and_the_names_of_its_classes(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(text(head=HEAD, label=lambda one: NAMES[one]))
    by_path, by_table = Digits(seed=1), Digits(seed=1)
    weights = {"zero": 2.0, "seven": 0.5}
    by_path.fit(path, scaling="standard", epochs=2, class_weight=weights)
    table = read_table(path, network=by_table)
    by_table.fit(table, scaling="standard", epochs=2, class_weight={by_path.classes.index(name): w for name, w in weights.items()})
    assert np.array_equal(by_path.parameters, by_table.parameters)
    assert by_path.classes == by_table.classes == tuple(sorted(NAMES))
    Digits(seed=1).fit(str(path), scaling="standard", epochs=1)
    with pytest.raises(ValueError, match="class_weight has the class 'ten'; wanted one from 0 to 9, or a name"):
        Digits(seed=1).fit(path, class_weight={"ten": 2.0})

    # Where numbers are missing, they are told of, or filled.
    lines = path.read_text().splitlines()
    lines[3] = "," + lines[3].split(",", 1)[1]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match="line 4.*missing"):
        Digits(seed=1).fit(path)
    Digits(seed=1).fit(path, missing="mean", scaling="standard", epochs=1)
