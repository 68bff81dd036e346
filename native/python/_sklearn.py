"""A network as a scikit-learn classifier."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arguments, _native, networks
from ._network import Network
from ._optimizers import Optimizer

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted
except ImportError as error:
    raise ImportError(f"{_native.LIBRARY}.NetworkClassifier needs scikit-learn: {error}") from error

try:
    from sklearn.utils.validation import validate_data as _validate_data
except ImportError:
    # Before scikit-learn 1.6 it was a method.
    def _validate_data(estimator: Any, *data: Any, **options: Any) -> Any:
        return estimator._validate_data(*data, **options)


_Self = TypeVar("_Self", bound="NetworkClassifier")


class NetworkClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A network as a scikit-learn classifier, for pipelines, cross-validation and searches.

    The samples have as many features as the network has inputs. There may be fewer classes than it has, of any labels.
    A ``fit`` that raises an error leaves the classifier as it was, which at first is not fitted; Ctrl-C leaves it with
    what it has learned until then. ``partial_fit`` does the same, but where a later call diverges, the steps before stay.

    Parameters
    ----------
    network : type
        One of the classes of this library, such as ``Digits``.
    epochs : int
        Passes over all samples.
    batch_size : int
        Samples in a batch.
    learning_rate : float
        η of plain gradient descent; not looked at where there is an optimizer.
    optimizer : Optimizer, optional
        Takes the place of plain gradient descent. Each fit trains with a copy that begins anew.
    random_state : int, RandomState or None
        Draws the weights, and the order of the samples. The same int gives the same bits on every machine: those of
        ``network(seed=random_state).fit(…, shuffle_seed=random_state)``.
    threads : int
        Threads that share a step. The bits do not depend on it.
    progress : bool, optional
        Whether to show a bar, where tqdm is installed; None shows it on a terminal.
    initialization : str, optional
        How the first weights are drawn; see ``Network.initialize``. None is the network's ``default_initialization``.

    Attributes
    ----------
    classes_ : (K,)
        The labels, sorted. The network's class k is ``classes_[k]``.
    network_ : Network
        The trained network.
    loss_curve_ : list of float
        The mean loss of each epoch that has been finished.
    n_features_in_ : int
        The network's inputs.
    """

    classes_: NDArray[Any]
    network_: Network

    # Pickles of earlier versions have none.
    initialization: str | None = None

    def __init__(
        self,
        network: type[Network],
        *,
        epochs: int = 20,
        batch_size: int = 32,
        learning_rate: float = 0.1,
        optimizer: Optimizer | None = None,
        random_state: int | np.random.RandomState | None = None,
        threads: int = 1,
        progress: bool | None = False,
        initialization: str | None = None,
    ) -> None:
        self.network = network
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.optimizer = optimizer
        self.random_state = random_state
        self.threads = threads
        self.progress = progress
        self.initialization = initialization

    def fit(self: _Self, X: ArrayLike, y: ArrayLike) -> _Self:
        """Draws the weights, and trains for all epochs.

        Parameters
        ----------
        X : (N, D)
        y : (N,) labels
        """
        with self._kept_on_error():
            samples, labels = _validate_data(self, X, _arguments.labels(y, "y"), dtype=np.float32)
            check_classification_targets(labels)
            self._begin(np.unique(labels), "y")
            self._train(samples, labels, self.epochs)
        return self

    def partial_fit(self: _Self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> _Self:
        """Trains for one epoch on some samples; the first call draws the weights.

        Parameters
        ----------
        X : (N, D)
        y : (N,) labels
        classes : (K,), needed in the first call
            All labels that there will be.
        """
        first = not hasattr(self, "network_")
        with self._kept_on_error():
            samples, labels = _validate_data(self, X, _arguments.labels(y, "y"), dtype=np.float32, reset=first)
            check_classification_targets(labels)
            if first:
                if classes is None:
                    raise ValueError("classes is None; wanted all labels in the first call of partial_fit")
                self._begin(np.unique(np.asarray(classes)), "classes")
            elif classes is not None and np.unique(np.asarray(classes)).tolist() != self.classes_.tolist():
                raise ValueError(
                    f"classes is {classes!r}; wanted those of the first call of partial_fit, {self.classes_}"
                )
            self._train(samples, labels, 1)
        return self

    @property
    def loss_curve_(self) -> list[float]:
        """The mean loss of each epoch that has been finished."""
        check_is_fitted(self)
        return [result.loss for result in self.network_.history]

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:
        """The probabilities of the classes in the order of ``classes_``, (N, K)."""
        check_is_fitted(self)
        samples = _validate_data(self, X, dtype=np.float32, reset=False)
        probabilities = self.network_.predict_proba(self._inputs(samples))
        known = len(self.classes_)
        if known == probabilities.shape[1]:
            return probabilities
        # Classes that training never saw are left out. In double, so that rounding leaves a sum to divide by.
        rest = np.maximum(probabilities[:, :known].astype(np.float64), np.finfo(np.float64).tiny)
        rest /= rest.sum(axis=1, keepdims=True)
        return rest.astype(np.float32)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable label of each sample, (N,)."""
        numbers = np.argmax(self.predict_proba(X), axis=1)
        labels: NDArray[Any] = self.classes_[numbers]
        return labels

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """The accuracy on samples and their labels.

        Parameters
        ----------
        X : (N, D)
        y : (N,) labels
        sample_weight : (N,), optional
            How much each sample counts.
        """
        return float(super().score(X, _arguments.labels(y, "y"), sample_weight))

    def _begin(self, classes: NDArray[Any], name: str) -> None:
        if not (isinstance(self.network, type) and issubclass(self.network, Network) and self.network is not Network):
            of, ours = _arguments.foreign(self.network, Network), ", ".join(networks.__all__)
            wanted = f"wanted a class of '{_native.LIBRARY}': {ours}, or one derived from it"
            raise ValueError(f"network is {self.network!r}{of}; {wanted}")
        inputs, most, network = self._input_count(), self.network.sizes[-1], self.network.__name__
        if self.n_features_in_ != inputs:
            raise ValueError(f"X has {self.n_features_in_} features; wanted {inputs}, the inputs of {network}")
        if len(classes) < 2:
            raise ValueError(f"{name} has one class, {classes[0]}; a classifier wants two or more classes")
        if len(classes) > most:
            raise ValueError(f"{name} has {len(classes)} classes; wanted no more than {most}, those of {network}")
        state = self.random_state
        if isinstance(state, (int, np.integer)):
            seed = _arguments.seed(int(state), "random_state")
        else:
            try:
                seed = int(check_random_state(state).randint(2**31 - 1))
            except ValueError:
                raise ValueError(f"random_state is {state!r}; wanted an int, a RandomState or None") from None
        optimizer = copy.copy(self.optimizer)
        if isinstance(optimizer, Optimizer):
            optimizer.reset()
        # All at once: Ctrl-C must not leave classes with another fit's network.
        self.__dict__.update(
            classes_=classes,
            network_=self.network(seed=seed, initialization=self.initialization),
            _optimizer=optimizer,
            _seed=seed,
        )

    def _train(self, X: NDArray[np.float32], y: NDArray[Any], epochs: int) -> None:
        # By equality, which any two labels have: what comes may be of another type than classes_.
        labels, indices = np.unique(y, return_inverse=True)
        known = {label: number for number, label in enumerate(self.classes_.tolist())}
        for label in labels.tolist():
            if label not in known:
                raise ValueError(f"y has the label {label!r}; wanted those of classes_, {self.classes_}")
        numbers = np.array([known[label] for label in labels.tolist()])[indices]
        self.network_.threads = self.threads
        self.network_.fit(
            self._inputs(X),
            numbers,
            epochs,
            self.batch_size,
            self.learning_rate,
            optimizer=self._optimizer,
            shuffle_seed=self._seed,
            first_epoch=len(self.network_.history),
            progress=self.progress,
        )

    @contextlib.contextmanager
    def _kept_on_error(self) -> Iterator[None]:
        """Leaves everything as it was on an error. Ctrl-C leaves what has been learned until then."""
        before = dict(vars(self))
        try:
            yield
        except BaseException as error:
            if isinstance(error, Exception) or vars(self).get("network_") is before.get("network_"):
                # First what was there, so that there is no moment without it.
                self.__dict__.update(before)
                for name in vars(self).keys() - before.keys():
                    delattr(self, name)
            raise

    def _input_count(self) -> int:
        return self.network.sizes[0]

    def _inputs(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        return X
