"""Networks as scikit-learn estimators."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arguments, _native, _targets, networks
from ._early_stopping import EarlyStopping
from ._kinds import Classifier, MultiLabelClassifier, Regressor
from ._network import Network
from ._optimizers import Optimizer
from ._schedules import Schedule

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.class_weight import compute_class_weight
    from sklearn.utils.multiclass import check_classification_targets, type_of_target
    from sklearn.utils.validation import check_is_fitted
except ImportError as error:
    raise ImportError(f"the estimators of {_native.LIBRARY} need scikit-learn: {error}") from error

try:
    from sklearn.utils.validation import validate_data as _validate_data
except ImportError:
    # Before scikit-learn 1.6 it was a method.
    def _validate_data(estimator: Any, *data: Any, **options: Any) -> Any:
        return estimator._validate_data(*data, **options)


_Estimator = TypeVar("_Estimator", bound="_NetworkEstimator")
_Classifier = TypeVar("_Classifier", bound="NetworkClassifier")
_Regressor = TypeVar("_Regressor", bound="NetworkRegressor")


class _NetworkEstimator(BaseEstimator):  # type: ignore[misc]
    """What the estimators have in common: how a network begins and is trained."""

    network: Any
    epochs: int
    batch_size: int
    learning_rate: float
    optimizer: Optimizer | None
    random_state: int | np.random.RandomState | None
    threads: int
    progress: bool | None
    network_: Network

    # Pickles of earlier versions have none of these.
    initialization: str | None = None
    schedule: Schedule | None = None
    warm_up_steps: int = 0
    early_stopping: bool = False
    validation_fraction: float = 0.1
    n_iter_no_change: int = 10
    tol: float = 1e-4
    warm_start: bool = False

    # The classes of networks that it takes.
    _kinds: tuple[type[Network], ...]

    def _keep(self, given: dict[str, Any]) -> None:
        """Keeps what a constructor was given, as it is: scikit-learn asks for it by the names of the signature."""
        for name, value in given.items():
            if name not in ("self", "__class__"):
                setattr(self, name, value)

    @property
    def loss_curve_(self) -> list[float]:
        """The mean loss of each epoch that has been finished."""
        check_is_fitted(self)
        return [result.loss for result in self.network_.history]

    @property
    def loss_(self) -> float:
        """The mean loss of the last epoch."""
        return self.loss_curve_[-1]

    @property
    def n_iter_(self) -> int:
        """The epochs that have been finished."""
        return len(self.loss_curve_)

    @property
    def validation_scores_(self) -> list[float]:
        """With early stopping the accuracy, or R², on what is held out after each epoch."""
        check_is_fitted(self)
        scored = [result.validation for result in self.network_.history if result.validation is not None]
        return [float(getattr(validation, self.network_._judged_by)) for validation in scored]

    @property
    def best_validation_score_(self) -> float | None:
        """The best of ``validation_scores_``; None without early stopping."""
        return max(self.validation_scores_, default=None)

    def _fit(
        self: _Estimator,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        is_whole: bool,
        classes: Any = None,
    ) -> _Estimator:
        """What ``fit`` does with the whole of the samples, and ``partial_fit``, for one epoch, with some of them."""
        is_first = is_whole or not hasattr(self, "network_")
        with self._kept_on_error():
            samples, targets = self._validated(X, y, reset=is_first)
            weights = None if sample_weight is None else _targets.weights(sample_weight, len(samples), "sample_weight")
            options = self._options(is_whole)
            if is_first and not (is_whole and self._goes_on()):
                self._begin_with(targets, classes, is_whole)
            else:
                self._require_known(targets, classes, is_whole)
            self._train(samples, *self._given(targets, weights), is_whole, options)
        return self

    def _validated(self, X: ArrayLike, y: ArrayLike, *, reset: bool) -> tuple[NDArray[np.float32], NDArray[Any]]:
        """Samples and targets as arrays."""
        raise NotImplementedError

    def _asked(self, X: ArrayLike) -> NDArray[np.float32]:
        """Samples to predict."""
        check_is_fitted(self)
        return self._inputs(_validate_data(self, X, dtype=np.float32, reset=False))

    def _options(self, is_whole: bool) -> dict[str, Any]:
        """What the network's ``fit`` is told besides."""
        return {}

    def _begin_with(self, targets: NDArray[Any], classes: Any, is_whole: bool) -> None:
        """Begins with a new network for such targets."""
        raise NotImplementedError

    def _require_known(self, targets: NDArray[Any], classes: Any, is_whole: bool) -> None:
        """That the network that there is can go on with such targets."""

    def _given(
        self, targets: NDArray[Any], weights: NDArray[np.float32] | None
    ) -> tuple[NDArray[Any], NDArray[np.float32] | None]:
        """The targets as the network takes them, and how much each sample counts."""
        return targets, weights

    def _goes_on(self) -> bool:
        """Whether a fit goes on from the network as it is."""
        return self.warm_start and hasattr(self, "network_") and type(self.network_) is self.network

    def _begin(self, **fitted: Any) -> None:
        """Draws the weights; of what is fitted else, all or nothing is set."""
        self._require_network()
        inputs = self._input_count()
        if self.n_features_in_ != inputs:
            name = self.network.__name__
            raise ValueError(f"X has {self.n_features_in_} features; wanted {inputs}, the inputs of {name}")
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
            fitted,
            network_=self.network(seed=seed, initialization=self.initialization),
            _optimizer=optimizer,
            _seed=seed,
        )

    def _require_network(self) -> type[Network]:
        network: Any = self.network
        if not (isinstance(network, type) and issubclass(network, self._kinds) and hasattr(network, "sizes")):
            of = _arguments.foreign(network, Network)
            fitting = [name for name in networks.__all__ if issubclass(getattr(networks, name), self._kinds)]
            ours = ", ".join(fitting) or "which has none that fits"
            wanted = f"wanted a class of '{_native.LIBRARY}': {ours}, or one derived from it"
            raise ValueError(f"network is {network!r}{of}; {wanted}")
        found: type[Network] = network
        return found

    def _train(
        self,
        X: NDArray[np.float32],
        y: NDArray[Any],
        weights: NDArray[np.float32] | None,
        is_whole: bool,
        options: dict[str, Any],
    ) -> None:
        """Trains; what is not the whole of the samples for one epoch, and holds out none of them."""
        if is_whole and self.early_stopping:
            options["early_stopping"] = EarlyStopping(self.n_iter_no_change, self.tol, self.network_._judged_by)
            options["validation_split"] = self.validation_fraction
        self.network_.threads = self.threads
        self.network_.fit(
            self._inputs(X),
            y,
            self.epochs if is_whole else 1,
            self.batch_size,
            self.learning_rate,
            optimizer=self._optimizer,
            shuffle_seed=self._seed,
            first_epoch=len(self.network_.history),
            progress=self.progress,
            sample_weight=weights,
            schedule=self.schedule,
            warm_up_steps=self.warm_up_steps,
            **options,
        )

    def _input_count(self) -> int:
        return int(self.network.sizes[0])

    def _inputs(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        return X

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


class NetworkClassifier(ClassifierMixin, _NetworkEstimator):  # type: ignore[misc]
    """A network as a scikit-learn classifier, for pipelines, cross-validation and searches.

    The samples have as many features as the network has inputs. There may be fewer classes than it has, of any labels; of
    one sigmoid output there are two. A network of several sigmoid outputs takes (N, C) indicators, of 0 and 1, in place of
    labels.
    A ``fit`` that raises an error leaves the classifier as it was, which at first is not fitted; Ctrl-C leaves it with
    what it has learned until then. ``partial_fit`` does the same, but where a later call diverges, the steps before stay.

    Parameters
    ----------
    network : type
        One of the classes of this library, such as ``Digits``: a ``Classifier`` or ``MultiLabelClassifier``.
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
    class_weight : dict, "balanced" or None
        How much the samples of each label count: a number for each, those left out count 1; ``"balanced"`` is
        N / (K · samples of the label), for ``fit`` alone.
    schedule : Schedule, optional
        How the learning rate goes from epoch to epoch.
    warm_up_steps : int
        Over how many steps it rises at the beginning.
    early_stopping : bool
        Whether ``fit`` holds out some samples, ends where the score on them gets no better, and keeps the best epoch's
        weights.
    validation_fraction : float
        The share that is held out then, of each class alike.
    n_iter_no_change : int
        After so many epochs without an improvement it ends.
    tol : float
        By how much more than this the score has to be better, to be an improvement.
    warm_start : bool
        Whether another ``fit`` goes on from the weights that there are, and from the optimizer's state.
    label_smoothing : float
        ε, of a softmax: of each label's probability ε is spread evenly over all classes.

    Attributes
    ----------
    classes_ : (K,)
        The labels, sorted. The network's class k is ``classes_[k]``. Of several labels their numbers.
    network_ : Network
        The trained network.
    loss_curve_ : list of float
        The mean loss of each epoch that has been finished.
    loss_ : float
        The last of them.
    n_iter_ : int
        How many there are.
    validation_scores_ : list of float
        With early stopping the score on what is held out after each epoch; ``best_validation_score_`` is the best.
    n_features_in_ : int
        The network's inputs.
    """

    classes_: NDArray[Any]

    # Pickles of earlier versions have none.
    class_weight: dict[Any, float] | str | None = None
    label_smoothing: float = 0.0

    _kinds = (Classifier, MultiLabelClassifier)

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
        class_weight: dict[Any, float] | str | None = None,
        schedule: Schedule | None = None,
        warm_up_steps: int = 0,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 1e-4,
        warm_start: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        self._keep(locals())

    def fit(self: _Classifier, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> _Classifier:
        """Draws the weights, and trains for all epochs.

        Parameters
        ----------
        X : (N, D)
        y : (N,) labels, or (N, C) indicators
        sample_weight : (N,), optional
            How much each sample counts: finite numbers, none negative.
        """
        return self._fit(X, y, sample_weight, True)

    def partial_fit(
        self: _Classifier,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> _Classifier:
        """Trains for one epoch on some samples; the first call draws the weights.

        Parameters
        ----------
        X : (N, D)
        y : (N,) labels, or (N, C) indicators
        classes : (K,), needed in the first call for labels
            All labels that there will be.
        sample_weight : (N,), optional
            How much each sample counts: finite numbers, none negative.
        """
        return self._fit(X, y, sample_weight, False, classes)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:
        """The probabilities of the classes in the order of ``classes_``, (N, K); of several labels that of each, (N, C)."""
        samples = self._asked(X)
        probabilities: NDArray[np.float32] = self.network_.predict_proba(samples)  # type: ignore[attr-defined]
        known = len(self.classes_)
        if known == probabilities.shape[1]:
            return probabilities
        # Classes that training never saw are left out. In double, so that rounding leaves a sum to divide by.
        rest = np.maximum(probabilities[:, :known].astype(np.float64), np.finfo(np.float64).tiny)
        rest /= rest.sum(axis=1, keepdims=True)
        return rest.astype(np.float32)

    def predict_log_proba(self, X: ArrayLike) -> NDArray[np.float32]:
        """The logarithms of ``predict_proba``; that of 0 is −∞."""
        with np.errstate(divide="ignore"):
            logarithms: NDArray[np.float32] = np.log(self.predict_proba(X))
        return logarithms

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable label of each sample, (N,); or which labels hold, (N, C) of 0 and 1."""
        check_is_fitted(self)
        if isinstance(self.network_, MultiLabelClassifier):
            return (self.predict_proba(X) > 0.5).astype(np.int64)
        numbers = np.argmax(self.predict_proba(X), axis=1)
        labels: NDArray[Any] = self.classes_[numbers]
        return labels

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """The accuracy on samples and their labels; of several labels the share of samples of which all are right.

        Parameters
        ----------
        X : (N, D)
        y : (N,) labels, or (N, C) indicators
        sample_weight : (N,), optional
            How much each sample counts.
        """
        return float(super().score(X, _arguments.labels(y, "y"), sample_weight))

    def _validated(self, X: ArrayLike, y: ArrayLike, *, reset: bool) -> tuple[NDArray[np.float32], NDArray[Any]]:
        # What is no class of a network is refused once the data is known to be well.
        is_multi = isinstance(self.network, type) and issubclass(self.network, MultiLabelClassifier)
        labels: NDArray[Any]
        samples, labels = _validate_data(
            self, X, _arguments.labels(y, "y"), dtype=np.float32, multi_output=is_multi, reset=reset
        )
        check_classification_targets(labels)
        if is_multi:
            outputs = self.network.sizes[-1]
            if labels.ndim != 2 or labels.shape[1] != outputs or type_of_target(labels) != "multilabel-indicator":
                raise ValueError(
                    f"y is {type_of_target(labels)} of shape {labels.shape}; wanted (N, {outputs}) of 0 and 1, the labels of "
                    f"{self.network.__name__}"
                )
        return samples, labels

    def _options(self, is_whole: bool) -> dict[str, Any]:
        options: dict[str, Any] = {"label_smoothing": self.label_smoothing}
        if self.class_weight == "balanced":
            if not is_whole:
                raise ValueError("class_weight is 'balanced', which needs all labels at once; wanted a dict for partial_fit")
            # Of those that are learned from, where some are held out.
            options["class_weight"] = "balanced"
        return options

    def _begin_with(self, labels: NDArray[Any], classes: Any, is_whole: bool) -> None:
        name = "y" if is_whole else "classes"
        if not is_whole and classes is None and labels.ndim == 1:
            raise ValueError("classes is None; wanted all labels in the first call of partial_fit")
        network = self._require_network()
        if labels.ndim == 2:
            self._begin(classes_=np.arange(network.sizes[-1]))
            return
        classes = np.unique(labels if is_whole else np.asarray(classes))
        most = max(2, network.sizes[-1])
        if len(classes) < 2:
            raise ValueError(f"{name} has one class, {classes[0]}; a classifier wants two or more classes")
        if len(classes) > most:
            raise ValueError(
                f"{name} has {len(classes)} classes; wanted no more than {most}, those of {network.__name__}"
            )
        self._begin(classes_=classes)

    def _require_known(self, labels: NDArray[Any], classes: Any, is_whole: bool) -> None:
        if not is_whole:
            if classes is not None and np.unique(np.asarray(classes)).tolist() != self.classes_.tolist():
                raise ValueError(
                    f"classes is {classes!r}; wanted those of the first call of partial_fit, {self.classes_}"
                )
        elif labels.ndim == 1 and np.unique(labels).tolist() != self.classes_.tolist():
            came = f"y has the labels {np.unique(labels)}"
            raise ValueError(f"{came}; wanted those of classes_, {self.classes_}: warm_start goes on")

    def _given(
        self, y: NDArray[Any], weights: NDArray[np.float32] | None
    ) -> tuple[NDArray[Any], NDArray[np.float32] | None]:
        if y.ndim == 2:
            if self.class_weight is not None:
                raise ValueError(f"class_weight is {self.class_weight!r}; wanted None where labels are independent")
            return y, weights
        # By equality, which any two labels have: what comes may be of another type than classes_.
        labels, indices = np.unique(y, return_inverse=True)
        known = {label: number for number, label in enumerate(self.classes_.tolist())}
        for label in labels.tolist():
            if label not in known:
                raise ValueError(f"y has the label {label!r}; wanted those of classes_, {self.classes_}")
        numbers = np.array([known[label] for label in labels.tolist()])[indices]
        if self.class_weight is None or self.class_weight == "balanced":
            return numbers, weights
        of_classes = compute_class_weight(self.class_weight, classes=self.classes_, y=y)
        counted = of_classes[numbers] if weights is None else of_classes[numbers] * weights
        return numbers, _targets.weights(counted, len(y), "class_weight, times sample_weight,")


class NetworkRegressor(RegressorMixin, _NetworkEstimator):  # type: ignore[misc]
    """A network as a scikit-learn regressor, for pipelines, cross-validation and searches.

    The samples have as many features as the network has inputs, and targets as it has outputs. Both are learned best where
    they are near 1: see ``StandardScaler`` and ``TransformedTargetRegressor``. A ``fit`` that raises an error leaves the
    regressor as it was; Ctrl-C leaves it with what it has learned until then.

    Parameters
    ----------
    network : type
        One of the classes of this library that is a ``Regressor``.
    epochs, batch_size, learning_rate, optimizer, random_state, threads, progress, initialization, schedule, warm_up_steps
        As those of ``NetworkClassifier``.
    early_stopping, validation_fraction, n_iter_no_change, tol, warm_start
        As those of ``NetworkClassifier``; the score is R².

    Attributes
    ----------
    network_ : Network
        The trained network.
    loss_curve_ : list of float
        The mean loss of each epoch that has been finished.
    loss_ : float
        The last of them.
    n_iter_ : int
        How many there are.
    validation_scores_ : list of float
        With early stopping the score on what is held out after each epoch; ``best_validation_score_`` is the best.
    n_features_in_ : int
        The network's inputs.
    """

    _kinds = (Regressor,)

    def __init__(
        self,
        network: type[Network],
        *,
        epochs: int = 20,
        batch_size: int = 32,
        learning_rate: float = 0.01,
        optimizer: Optimizer | None = None,
        random_state: int | np.random.RandomState | None = None,
        threads: int = 1,
        progress: bool | None = False,
        initialization: str | None = None,
        schedule: Schedule | None = None,
        warm_up_steps: int = 0,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 1e-4,
        warm_start: bool = False,
    ) -> None:
        self._keep(locals())

    def fit(self: _Regressor, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> _Regressor:
        """Draws the weights, and trains for all epochs.

        Parameters
        ----------
        X : (N, D)
        y : (N,) or (N, C)
        sample_weight : (N,), optional
            How much each sample counts: finite numbers, none negative.
        """
        return self._fit(X, y, sample_weight, True)

    def partial_fit(self: _Regressor, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> _Regressor:
        """Trains for one epoch on some samples; the first call draws the weights. See ``fit``."""
        return self._fit(X, y, sample_weight, False)

    def predict(self, X: ArrayLike) -> NDArray[np.float32]:
        """The numbers for each sample, (N,), or (N, C) where training had several columns or there are several."""
        samples = self._asked(X)
        found: NDArray[np.float32] = self.network_.predict(samples)  # type: ignore[attr-defined]
        return found[:, None] if self._is_column and found.ndim == 1 else found

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """R² on samples and their numbers.

        Parameters
        ----------
        X : (N, D)
        y : (N,) or (N, C)
        sample_weight : (N,), optional
            How much each sample counts.
        """
        return float(super().score(X, y, sample_weight))

    def _validated(self, X: ArrayLike, y: ArrayLike, *, reset: bool) -> tuple[NDArray[np.float32], NDArray[Any]]:
        samples, numbers = _validate_data(self, X, y, dtype=np.float32, multi_output=True, y_numeric=True, reset=reset)
        return samples, numbers

    def _begin_with(self, numbers: NDArray[Any], classes: Any, is_whole: bool) -> None:
        self._begin(_is_column=numbers.ndim == 2)
