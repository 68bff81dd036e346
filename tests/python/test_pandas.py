"""What pandas and SciPy hand over: nullable frames, columns of bool, categories, what is missing, what is sparse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from aotbackprop import Digits, NetworkClassifier
from sklearn.model_selection import cross_val_score

X = np.random.default_rng(1).random((30, 64), dtype=np.float32)
y = np.arange(30) % 10
FRAME = pd.DataFrame(X).add_prefix("x")

MISSING = FRAME.convert_dtypes()
MISSING.iloc[3, 0] = pd.NA


def trained(X, y) -> bytes:
    return Digits(seed=1).fit(X, y, epochs=1, progress=False).parameters.tobytes()


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        FRAME.convert_dtypes(),
        FRAME.astype("Float32"),
        FRAME.astype({"x0": "Float64", "x1": "float64"}),
        FRAME.astype(pd.SparseDtype("float32", 0)),
        FRAME[::-1][::-1],
        FRAME.set_axis(["x"] * 64, axis=1),
    ],
    ids=lambda frame: str(frame.dtypes.iloc[0]),
)
def test_frames_of_numbers_train(frame):
    assert trained(frame, y) == trained(X, y)
    assert np.array_equal(Digits(seed=1).predict_proba(frame), Digits(seed=1).predict_proba(X))


@pytest.mark.parametrize(
    "labels",
    [
        pd.Series(y),
        pd.Series(y, dtype="Int8"),
        pd.array(y, dtype="UInt16"),
        pd.Index(y),
        pd.Categorical(y),
        pd.Series(y).astype("category"),
    ],
    ids=lambda labels: f"{type(labels).__name__} {labels.dtype}",
)
def test_series_of_class_numbers_train(labels):
    assert trained(FRAME, labels) == trained(X, y)


def test_columns_of_bool_beside_others_are_numbers():
    frame = FRAME.assign(x0=FRAME["x0"] > 0.5, x1=(FRAME["x1"] > 0.5).astype("boolean"), x2=np.arange(30))
    numbers = X.astype(np.float64)
    numbers[:, 0], numbers[:, 1], numbers[:, 2] = X[:, 0] > 0.5, X[:, 1] > 0.5, np.arange(30)
    assert trained(frame, y) == trained(numbers, y)


def test_frames_of_probabilities_train():
    Y = np.random.default_rng(1).dirichlet(np.ones(10), 30)
    assert trained(X, pd.DataFrame(Y).convert_dtypes()) == trained(X, Y)


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (MISSING, y, r"X\[3, 0\] is missing; wanted a number"),
        (FRAME, pd.Series([0, None, *y[2:]], dtype="Int64"), r"y\[1\] is missing; wanted a number"),
        (FRAME.assign(x7=pd.Categorical(list("abc") * 10)), y, "X has the column 'x7' of dtype category; wanted real"),
        (FRAME.assign(x7="text"), y, "X has the column 'x7' of dtype object; wanted real"),
        (FRAME.assign(x7=pd.Timestamp("2000-01-01")), y, r"X has the column 'x7' of dtype datetime64\[ns\]"),
        (FRAME[:0], y[:0], "X has no samples"),
        (FRAME.iloc[:, :0], y, r"X has shape \(30, 0\); wanted \(N, 64\)"),
        (FRAME.drop(columns="x7"), y, r"X has shape \(30, 63\); wanted \(N, 64\)"),
        (FRAME, pd.DataFrame(y), r"y has shape \(30, 1\); wanted \(30,\) class numbers, or \(30, 10\) probabilities"),
        (FRAME, pd.Series(list("abc") * 10, dtype="string"), "y has 3 classes, 'a', 'b', 'c'; wanted 10, as Digits 64-32-10"),
        (FRAME, pd.Series(["a", None] * 15, dtype="string"), r"y\[1\] is <NA>; wanted a label, .*: none may be missing"),
        (FRAME, pd.Series(["a", 1.5] * 15), r"y\[1\] is 1.5; wanted a label, a text as others are"),
        (scipy.sparse.csr_matrix(X), y, r"X is sparse \(csr_matrix\); wanted a dense array, as its toarray\(\) makes"),
        (scipy.sparse.coo_array(X), y, r"X is sparse \(coo_array\); wanted a dense array, as its toarray\(\) makes"),
        (X, scipy.sparse.csr_matrix(y), r"y is sparse \(csr_matrix\)"),
    ],
)
def test_what_is_no_number_is_named(X, y, words):
    with pytest.raises(ValueError, match=words):
        trained(X, y)


def test_the_classifier_takes_them():
    names = pd.Series(np.array(list("abcdefghij"))[y], dtype="string")
    plain = NetworkClassifier(Digits, epochs=2, random_state=1).fit(X, y)
    numbers = NetworkClassifier(Digits, epochs=2, random_state=1).fit(FRAME, pd.Series(y, dtype="Int64"))
    assert numbers.classes_.dtype == np.int64 and numbers.score(FRAME, pd.Series(y, dtype="Int64")) == plain.score(X, y)
    assert np.isfinite(cross_val_score(numbers, FRAME, pd.Series(y, dtype="Int64"), cv=2)).all()
    with pytest.raises(ValueError, match=r"y\[1\] is missing; wanted a number"):
        numbers.fit(FRAME, pd.Series([0, None, *y[2:]], dtype="Int64"))
    for labels in (names, names.astype("category"), names.astype(object)):
        model = NetworkClassifier(Digits, epochs=2, random_state=1).fit(FRAME.convert_dtypes(), labels)
        assert np.array_equal(model.network_.parameters, plain.network_.parameters)
        assert list(model.classes_) == list("abcdefghij") and list(model.feature_names_in_) == list(FRAME)
        assert model.score(FRAME, labels) == plain.score(X, y)
    with pytest.raises(TypeError, match="toarray"):
        NetworkClassifier(Digits).fit(scipy.sparse.csr_matrix(X), y)
