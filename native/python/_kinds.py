"""The kinds of networks, by what they say of a sample: its class, its labels, or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arguments, metrics
from ._network import Network
from ._tables import Table
from ._targets import Targets
from .metrics import Figures


class Evaluation(NamedTuple):
    """How well a classifier does on samples."""

    loss: float
    """The mean loss, that of training."""
    accuracy: float
    """The share of samples whose class is the right one."""


class MultiLabelEvaluation(NamedTuple):
    """How well a network of several labels does on samples."""

    loss: float
    """The mean loss, that of training."""
    accuracy: float
    """The share of labels that are right, over all samples."""
    label_accuracy: NDArray[np.float64]
    """For each label the share of samples of which it is right, (C,)."""


class RegressionEvaluation(NamedTuple):
    """How well a regressor does on samples."""

    loss: float
    """The mean loss, that of training."""
    mae: float
    """The mean |A − Y| over samples and outputs."""
    r2: float
    """R² = 1 − Σ (A − Y)²/Σ (Y − Ȳ)², the mean over the outputs; 1 or 0 for an output whose targets are all the same."""


class Classifier(Network):
    """A network that says which class a sample is: of a softmax, or of one sigmoid output, whose classes are 0 and 1."""

    _judged_by = "accuracy"

    def predict_proba(self, X: ArrayLike | Table, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """The probabilities of the classes, the last layer's A; of one sigmoid output 1 − A and A.

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        out : (N, C) float32, optional
            Receives the result in place of a new array. C is 2 with one sigmoid output.

        Returns
        -------
        (N, C) float32
            Each row sums to 1. A sample's bits do not depend on the others.
        """
        return self._probabilities(self._samples(X), out)

    def _probabilities(self, X: NDArray[np.float32], out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        if self.output == "softmax":
            return self._forward(X, out)
        result = _arguments.output(out, "out", np.float32, (len(X), 2), X, self._parameters)
        result[:, 1:] = self._forward(X)
        np.subtract(1, result[:, 1], out=result[:, 0])
        return result if out is None else out

    def predict(self, X: ArrayLike | Table, out: NDArray[np.int32] | None = None) -> NDArray[np.int32]:
        """The most probable class of each sample, the lowest among equals.

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        out : (N,) int32, optional
            Receives the result in place of a new array.

        Returns
        -------
        (N,) int32
            Numbers from 0 to C − 1.
        """
        X = self._samples(X)
        result = _arguments.output(out, "out", np.int32, (len(X),), X, self._parameters)
        self._infer(self._functions.classify, X, result)
        return result if out is None else out

    def evaluate(
        self,
        X: ArrayLike | Table,
        y: ArrayLike | None = None,
        *,
        normalize: bool = False,
        sample_weight: ArrayLike | None = None,
    ) -> Evaluation:
        """The mean loss and the accuracy.

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        y : (N,) class numbers, or (N, C) probabilities
            Where it is probabilities, the right class is the most probable one.
        normalize : bool
            Whether to divide each row of probabilities by its sum.
        sample_weight : (N,), optional
            How much each sample counts in the loss; in the accuracy all count the same.
        """
        return self._evaluate(*self._samples_and_targets(X, y, normalize, sample_weight))

    def score(self, X: ArrayLike | Table, y: ArrayLike | None = None, *, normalize: bool = False) -> float:
        """The accuracy; see ``evaluate``."""
        return self.evaluate(X, y, normalize=normalize).accuracy

    def predict_names(self, X: ArrayLike | Table) -> NDArray[Any]:
        """The name of the most probable class of each sample, (N,), as ``classes`` has it."""
        if self.classes is None:
            raise ValueError("the network has no names of classes; wanted a fit of a table, or net.classes = […]")
        return np.array(self.classes)[self.predict(X)]

    def metrics(
        self, X: ArrayLike | Table, y: ArrayLike | None = None, *, sample_weight: ArrayLike | None = None
    ) -> Figures:
        """All figures of ``metrics.classification``, by their names; ``print`` shows them as a table.

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        y : (N,) class numbers, or (N, C) probabilities
            Where it is probabilities, the right class is the most probable one.
        sample_weight : (N,), optional
            How much each sample counts in all of them.
        """
        return self._figures(*self._samples_and_targets(X, y, False, sample_weight))

    def _figures(self, X: NDArray[np.float32], targets: Targets) -> Figures:
        right = targets.y
        if not targets.are_labels:
            self._valid(targets)
            right = np.argmax(right, axis=1) if right.shape[1] > 1 else (right[:, 0] > 0.5).astype(np.int32)
        figures = metrics.classification(right, self._probabilities(X), targets.weights)
        figures.names = self.classes
        return figures

    def _evaluate(self, X: NDArray[np.float32], targets: Targets, which: str = "") -> Evaluation:
        loss, correct = self._losses(X, targets, 1, which)
        return Evaluation(loss, float(correct[0]) / len(X))

    @classmethod
    def _evaluation(cls, figures: Mapping[str, float]) -> Evaluation | None:
        return Evaluation(figures["loss"], figures["accuracy"]) if figures else None


class MultiLabelClassifier(Network):
    """A network that says of several labels which of them hold: of sigmoid outputs, each by itself."""

    _judged_by = "accuracy"

    def predict_proba(self, X: ArrayLike | Table, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """The probability of each label, the last layer's A, (N, C) float32; see ``Classifier.predict_proba``."""
        return self._forward(self._samples(X), out)

    def predict(self, X: ArrayLike | Table, out: NDArray[np.int32] | None = None) -> NDArray[np.int32]:
        """Which labels hold for each sample: 1 where its probability is above ½, else 0; (N, C) int32."""
        X = self._samples(X)
        result = _arguments.output(out, "out", np.int32, (len(X), self.sizes[-1]), X, self._parameters)
        self._infer(self._functions.predict, X, result)
        return result if out is None else out

    def evaluate(
        self, X: ArrayLike | Table, y: ArrayLike | None = None, *, sample_weight: ArrayLike | None = None
    ) -> MultiLabelEvaluation:
        """The mean loss, and how often labels are right.

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        y : (N, C) numbers from 0 to 1
            A label holds where its number is above ½.
        sample_weight : (N,), optional
            How much each sample counts in the loss; in the accuracies all count the same.
        """
        return self._evaluate(*self._samples_and_targets(X, y, False, sample_weight))

    def score(self, X: ArrayLike | Table, y: ArrayLike | None = None) -> float:
        """The share of labels that are right; see ``evaluate``."""
        return self.evaluate(X, y).accuracy

    def metrics(
        self, X: ArrayLike | Table, y: ArrayLike | None = None, *, sample_weight: ArrayLike | None = None
    ) -> Figures:
        """All figures of ``metrics.multi_label``, by their names; see ``evaluate`` for the arguments."""
        return self._figures(*self._samples_and_targets(X, y, False, sample_weight))

    def _figures(self, X: NDArray[np.float32], targets: Targets) -> Figures:
        figures = metrics.multi_label(targets.y > 0.5, self._forward(X), targets.weights)
        figures.names = self.target if len(self.target or ()) == self.sizes[-1] else None
        return figures

    def _evaluate(self, X: NDArray[np.float32], targets: Targets, which: str = "") -> MultiLabelEvaluation:
        loss, correct = self._losses(X, targets, self.sizes[-1], which)
        accuracy = correct / len(X)
        return MultiLabelEvaluation(loss, float(_last(np.add.accumulate(accuracy)) / accuracy.size), accuracy)

    @classmethod
    def _evaluation(cls, figures: Mapping[str, float]) -> MultiLabelEvaluation | None:
        # Those of single labels are in no file.
        of_labels = np.full(cls.sizes[-1], np.nan)
        return MultiLabelEvaluation(figures["loss"], figures["accuracy"], of_labels) if figures else None


class Regressor(Network):
    """A network that says numbers: of linear outputs, with the squared error or Huber's loss."""

    _judged_by = "r2"

    def predict(self, X: ArrayLike | Table, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """The numbers for each sample, the last layer's A.

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        out : float32, optional
            Receives the result in place of a new array.

        Returns
        -------
        (N, C) float32, or (N,) where C is 1
            A sample's bits do not depend on the others.
        """
        X = self._samples(X)
        if self.sizes[-1] > 1:
            return self._forward(X, out)
        result = _arguments.output(out, "out", np.float32, (len(X),), X, self._parameters)
        self._infer(self._functions.forward, X, result[:, None])
        return result if out is None else out

    def evaluate(
        self, X: ArrayLike | Table, y: ArrayLike | None = None, *, sample_weight: ArrayLike | None = None
    ) -> RegressionEvaluation:
        """The mean loss, the mean absolute error and R².

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        y : (N, C) finite numbers, or (N,) where C is 1
        sample_weight : (N,), optional
            How much each sample counts in the loss; in the other figures all count the same.
        """
        return self._evaluate(*self._samples_and_targets(X, y, False, sample_weight))

    def score(self, X: ArrayLike | Table, y: ArrayLike | None = None) -> float:
        """R²; see ``evaluate``."""
        return self.evaluate(X, y).r2

    def metrics(
        self, X: ArrayLike | Table, y: ArrayLike | None = None, *, sample_weight: ArrayLike | None = None
    ) -> Figures:
        """All figures of ``metrics.regression``, by their names; see ``evaluate`` for the arguments."""
        return self._figures(*self._samples_and_targets(X, y, False, sample_weight))

    def _figures(self, X: NDArray[np.float32], targets: Targets) -> Figures:
        return metrics.regression(targets.y, self._forward(X), targets.weights)

    def _evaluate(self, X: NDArray[np.float32], targets: Targets, which: str = "") -> RegressionEvaluation:
        loss, _ = self._losses(X, targets, 0, which)
        wanted = targets.y.astype(np.float64)
        errors = self._forward(X).astype(np.float64) - wanted
        # One added to the other, and from the first target on, as the library of C# does it: to the same bits.
        off = wanted - wanted[0]
        residual = _last(np.add.accumulate(np.square(errors)))
        total = _last(np.add.accumulate(np.square(off))) - np.square(_last(np.add.accumulate(off))) / len(off)
        varies = total > 0
        r2 = np.where(varies, 1 - residual / np.where(varies, total, 1), residual == 0)
        mae = _last(np.add.accumulate(np.abs(errors).ravel())) / errors.size
        return RegressionEvaluation(loss, float(mae), float(_last(np.add.accumulate(r2)) / r2.size))

    @classmethod
    def _evaluation(cls, figures: Mapping[str, float]) -> RegressionEvaluation | None:
        known = [figures.get(name, float("nan")) for name in RegressionEvaluation._fields]
        return RegressionEvaluation(*known) if figures else None


def _last(sums: NDArray[np.float64]) -> Any:
    """Of sums that were added up one by one the whole."""
    return sums[-1]
