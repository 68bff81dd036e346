"""What every network of the library can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arguments, _fitting, _history, _memory, _native, _optimizers, _refusals, _safetensors, _scaling, _targets
from ._checkpoint import Checkpoint
from ._early_stopping import EarlyStopping
from ._files import Path
from ._history import EpochResult
from .metrics import Figures
from ._inputs import Preparation
from ._optimizers import Descent, Optimizer
from ._scaling import AnyScaling
from ._columns import Column
from ._result import TrainingResult
from ._schedules import Schedule
from ._streamed import StreamedTable
from ._tables import Table
from ._targets import Targets
from ._trainer import Callback

_Self = TypeVar("_Self", bound="Network")

# Multiply-adds of inference in one call: a quarter of a second where there are no vectors, a few milliseconds else.
_SLICE_WORK = 1 << 29

_ALL = [slice(None)]

# How parameters are named.
_PARAMETER = re.compile(r"[Wb][0-9]+")

# The library's limit of a team.
_MOST_THREADS = 1024


class Gradient:
    """The loss of a batch and its derivative by every parameter.

    Attributes
    ----------
    loss
        The mean loss of the batch.
    values
        All derivatives in the order dW1, db1, dW2, …: flat float32.
    dW1, db1, …
        Views of ``values`` in the shapes of the parameters.
    """

    loss: float
    values: NDArray[np.float32]

    def __init__(self, loss: float, values: NDArray[np.float32], sizes: tuple[int, ...]) -> None:
        self.loss = loss
        self.values = values
        self._sizes = sizes
        for name, view in _views(values, sizes).items():
            setattr(self, f"d{name}", view)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> NDArray[np.float32]: ...

    def __reduce__(self) -> tuple[Any, ...]:
        # Anew, or the views would become copies.
        return Gradient, (self.loss, self.values, self._sizes)

    def __repr__(self) -> str:
        return f"<Gradient of {'-'.join(map(str, self._sizes))}: loss {self.loss:.6g}>"


class Network:
    """A fully connected network of fixed sizes, with its training: a Classifier, MultiLabelClassifier or Regressor.

    Layer by layer, for N samples as the rows of X::

        Z1 = X W1 + b1      A1 = f(Z1)      a hidden layer; f is its activation
        Z2 = A1 W2 + b2                     the last one, whose output is

        softmax     A2 = softmax(Z2)        L = −1/N Σᵢ Σⱼ Yᵢⱼ log A2ᵢⱼ
        sigmoid     A2 = σ(Z2)              L = −1/N Σᵢ Σⱼ (Yᵢⱼ log A2ᵢⱼ + (1 − Yᵢⱼ) log(1 − A2ᵢⱼ))
        linear      A2 = Z2                 L = 1/(2N) Σᵢ Σⱼ (A2ᵢⱼ − Yᵢⱼ)²
        huber       A2 = Z2                 L = 1/N Σᵢ Σⱼ h(A2ᵢⱼ − Yᵢⱼ), h(r) = ½r² where |r| ≤ δ, else δ(|r| − ½δ)

    ``W1``, ``b1``, … are views of the parameters, not copies: ``net.W1[:] = …`` and ``net.W1 = …`` write to them.
    The targets of a method are, with a softmax, class numbers, (N,) integers, or rows of probabilities, (N, C), that sum
    to 1, or with ``normalize=True`` are divided by their sums: in double, before they become float32. With one sigmoid
    output they are (N,) of 0 and 1, or of numbers between; with several (N, C) of them; with linear outputs (N, C) finite
    numbers, and (N,) will do where C is 1. ``sample_weight``, (N,), says how much each sample counts: finite numbers, none
    negative, one at least above 0. In loss and gradient wᵢ/Σw takes the place of 1/N; a shuffled batch whose weights are
    all 0 is no step.
    float32 in C order is used as it is; other real numbers, and other orders, are converted to it. Where the network has a
    ``scaling``, every method takes X as it was before, and scales it; where it has names of ``columns``, those of a frame
    of pandas are found by them. A ``Table`` of ``read_table`` takes the place of X, and y is left out then.

    Many threads may train different networks, or infer on one, at once: Python's lock is released in the library.
    Who trains a network, or writes to its parameters, has to be alone with it. Networks can be pickled and copied.
    Ctrl-C ends inference over many samples, and ``fit``, soon.

    Parameters
    ----------
    seed : int
        From 0 to 2⁶⁴ − 1. The same seed gives the same bits on every machine.
    threads : int
        See the attribute.
    initialization : str, optional
        How the first parameters are drawn; see ``initialize``. None is ``default_initialization``.

    Attributes
    ----------
    sizes : tuple of int
        Inputs, the outputs of each hidden layer, those of the last.
    activation : str
        The name of what Z of a hidden layer passes through: ``"relu"``.
    output : str
        The name of what the last layer makes of its Z: ``"softmax"``, ``"sigmoid"``, ``"linear"`` or ``"huber"``.
    default_initialization : str
        How the first parameters are drawn where nothing is said; it depends on the activation.
    threads : int
        How many threads share a training step, from 1 to 1024: 1, unless more are asked for. The bits do not depend on
        it. More pay where there are idle cores and a step takes some hundred microseconds or longer.
    history : list of EpochResult
        What became of each epoch that ``fit`` has finished, over all calls.
    result : TrainingResult or None
        What the last ``fit`` has come to; None before the first.
    scaling : Scaling, StandardScaling, MinMaxScaling or None
        What every method does with X first: ``fit`` measures it, ``save`` keeps it, ``load`` brings it back.
    missing : tuple of float or None
        What stands for a missing number (NaN) of each column, before it is scaled; None where none may be missing.
    columns : tuple of str or None
        The names of the inputs' columns.
    classes : tuple of str or None
        The names of the classes.
    target : tuple of str or None
        The names of the columns that the targets were in.

    Raises
    ------
    ValueError
        From every method, for an argument of another dtype, shape or range: it says what was wanted and what came.
        Nothing has changed then.
    FloatingPointError
        The loss or a gradient is not finite, or an update could overflow: it names the parameter that is not finite, or
        the layer and the largest input.
    """

    sizes: ClassVar[tuple[int, ...]]
    activation: ClassVar[str]
    output: ClassVar[str]
    default_initialization: ClassVar[str]
    history: list[EpochResult]
    _functions: ClassVar[_native.NetworkFunctions]

    # Pickles of earlier versions have none of these.
    _threads: int = 1
    _preparation: Preparation = Preparation()
    _classes: tuple[str, ...] | None = None
    _target: tuple[str, ...] | None = None
    _result: TrainingResult | None = None
    _facts: dict[str, str] = {}
    # How the parameters were drawn; None where they were not.
    _drawn: str | None = None

    # The figure of an evaluation that says how good it is.
    _judged_by: ClassVar[str]

    def __init_subclass__(cls, prefix: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if prefix is not None:
            cls.sizes = _native.SIZES[prefix]
            cls.activation = _native.ACTIVATIONS[prefix]
            cls.output = _native.OUTPUTS[prefix]
            cls.default_initialization = _native.DEFAULT_INITIALIZATIONS[prefix]
            cls._functions = _native.NetworkFunctions(prefix)
            for name, shape in _shapes(cls.sizes):
                setattr(cls, name, _parameter(name, shape))

    def __init__(self, seed: int = 0, *, threads: int = 1, initialization: str | None = None) -> None:
        if not hasattr(type(self), "_functions"):
            raise TypeError(f"{type(self).__name__} itself has no sizes: use one of the classes of this library")
        self._hold()
        self.threads = threads
        self.history = []
        self.initialize(seed, initialization)

    # Hidden from type checkers, to which it would say that any name can be set.
    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None:
            """Sets an attribute, or copies values into a parameter. A parameter that the network hasn't is refused."""
            if name == "sizes":
                raise AttributeError("the sizes of a network can't be set: they are those of its class")
            if _PARAMETER.fullmatch(name) and not hasattr(type(self), name):
                wanted = ", ".join(self._tensors)
                raise AttributeError(f"{type(self).__name__} has no parameter '{name}'; wanted one of {wanted}")
            super().__setattr__(name, value)

    @property
    def threads(self) -> int:
        return self._threads

    @threads.setter
    def threads(self, count: int) -> None:
        self._threads = _arguments.whole(count, "threads", 1, _MOST_THREADS)

    # -- What it knows of the table that it learns from

    @property
    def scaling(self) -> AnyScaling | None:
        return self._preparation.scaling

    @scaling.setter
    def scaling(self, scaling: AnyScaling | float | None) -> None:
        made = None if scaling is None else _scaling.of_any(scaling, self.sizes[0])
        self._preparation = self._preparation._replace(scaling=made)

    @property
    def missing(self) -> tuple[float, ...] | None:
        return self._preparation.missing

    @missing.setter
    def missing(self, missing: Sequence[float] | float | None) -> None:
        made = None if missing is None else _scaling.replacements(missing, self.sizes[0])
        self._preparation = self._preparation._replace(missing=made)

    @property
    def columns(self) -> tuple[str, ...] | None:
        return self._preparation.columns

    @columns.setter
    def columns(self, names: Sequence[str] | None) -> None:
        self._preparation = self._preparation._replace(columns=_arguments.names(names, "columns", self.sizes[0]))

    @property
    def classes(self) -> tuple[str, ...] | None:
        return self._classes

    @classes.setter
    def classes(self, names: Sequence[str] | None) -> None:
        self._classes = _arguments.names(names, "classes", _safetensors.class_count(self.sizes, self.output))

    @property
    def target(self) -> tuple[str, ...] | None:
        return self._target

    @target.setter
    def target(self, names: Sequence[str] | None) -> None:
        self._target = _arguments.names(names, "target", None)

    # -- Parameters

    def initialize(self: _Self, seed: int, initialization: str | None = None) -> _Self:
        """Draws the parameters anew.

        Parameters
        ----------
        seed : int
            From 0 to 2⁶⁴ − 1. The same seed gives the same bits on every machine.
        initialization : str, optional
            From which range, uniformly; None is ``default_initialization``. Of a layer with fan-in inputs and fan-out
            outputs:

            ``"he"``
                W from ±√(6/fan-in); b is 0.
            ``"glorot"``
                W from ±√(6/(fan-in + fan-out)); b is 0.
            ``"scikit_learn"``
                W and b from ±√(6/(fan-in + fan-out)).
            ``"pytorch"``
                W and b from ±1/√fan-in.
            ``"he_small_output"``
                As ``"he"``, but the output layer's W from 0.3 of its range.
            ``"glorot_sigmoid"``
                W from ±√(2/(fan-in + fan-out)); b is 0.

        Raises
        ------
        RuntimeError
            The processor flushes denormals or does not round to nearest, as code built with ``-ffast-math`` sets it.
        """
        chosen = _arguments.choice(
            initialization, "initialization", _native.INITIALIZATIONS, self.default_initialization
        )
        self._functions.initialize(self._parameters, _arguments.seed(seed, "seed"), chosen)
        self._drawn, self._facts = chosen, {}
        return self

    @property
    def parameters(self) -> NDArray[np.float32]:
        """All parameters in the order W1, b1, W2, …: a flat view of the network's own memory."""
        return self._parameters[:]

    @parameters.setter
    def parameters(self, values: ArrayLike) -> None:
        self.set_parameters(values)

    def get_parameters(self) -> NDArray[np.float32]:
        """A copy of all parameters in the order W1, b1, W2, …, (P,)."""
        return self._parameters.copy()

    def set_parameters(self: _Self, values: ArrayLike) -> _Self:
        """Copies in all parameters, (P,) finite numbers in the order W1, b1, W2, …"""
        dense = _arguments.floats(values, "parameters", self._parameters.shape)
        self._parameters[:] = _arguments.finite(dense, "parameters")
        return self

    # -- Inference

    def loss(
        self,
        X: ArrayLike | Table,
        y: ArrayLike | None = None,
        *,
        normalize: bool = False,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """The mean loss.

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        y : (N,) or (N, C)
            Targets.
        normalize : bool
            Whether to divide each row of a softmax's probabilities by its sum.
        sample_weight : (N,), optional
            How much each sample counts.
        """
        samples, targets = self._samples_and_targets(X, y, normalize, sample_weight)
        return self._losses(samples, targets, self._correct_count())[0]

    # -- Training

    def gradient(
        self,
        X: ArrayLike,
        y: ArrayLike,
        out: NDArray[np.float32] | None = None,
        *,
        normalize: bool = False,
        sample_weight: ArrayLike | None = None,
    ) -> Gradient:
        """The mean loss of a batch and its derivative by every parameter.

        With Z, A and W of the last layer, and A′ that comes into it::

            dZ = (A − Y)/N      dW = A′ᵀ dZ     db = Σ rows of dZ
            dA′ = dZ Wᵀ         dZ′ = dA′ ⊙ f′(Z′)      and so on, down to the inputs

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        y : (N,) or (N, C)
            Targets.
        out : (P,) float32, optional
            Receives the derivatives in place of a new array.
        normalize : bool
            Whether to divide each row of a softmax's probabilities by its sum.
        sample_weight : (N,), optional
            How much each sample counts.
        """
        X = self._samples(X)
        targets = self._targets(y, len(X), normalize, sample_weight)
        read = [array for array in (X, *targets, self._parameters) if array is not None]
        values = _arguments.output(out, "out", np.float32, self._parameters.shape, *read)
        try:
            loss = self._functions.gradient(self._parameters, X, targets, values)
        except _native.Refused as refused:
            raise self._refusal(refused, X, targets) from None
        return Gradient(loss, values if out is None else out, self.sizes)

    def apply(
        self: _Self,
        gradient: Gradient | ArrayLike,
        learning_rate: float = 0.1,
        *,
        optimizer: Optimizer | None = None,
    ) -> _Self:
        """One step down a gradient: W ← W − η dW, b ← b − η db, or what the optimizer makes of it.

        Parameters
        ----------
        gradient : Gradient, or (P,)
        learning_rate : float
            η of plain gradient descent, finite and not negative; not looked at where there is an optimizer.
        optimizer : Optimizer, optional
            Takes the place of plain gradient descent.
        """
        if not isinstance(gradient, Gradient):
            of = _arguments.foreign(gradient, Gradient)
            if of:
                raise ValueError(f"gradient is {gradient!r}{of}; wanted one of '{_native.LIBRARY}', or its values")
        given = gradient.values if isinstance(gradient, Gradient) else gradient
        values = self._apart(_arguments.floats(given, "gradient", self._parameters.shape))
        descent = _optimizers.chosen(optimizer, learning_rate)
        try:
            self._functions.apply(self._parameters, values, descent, self)
        except _native.Refused as refused:
            raise _refusals.of_gradient(refused, self._tensors, values, descent) from None
        return self

    def train_step(
        self,
        X: ArrayLike,
        y: ArrayLike,
        learning_rate: float = 0.1,
        *,
        optimizer: Optimizer | None = None,
        normalize: bool = False,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """One step on a batch: the same bits as ``gradient`` and ``apply``, in less time.

        Parameters
        ----------
        X : (N, D)
            Inputs, finite.
        y : (N,) or (N, C)
            Targets.
        learning_rate : float
            η of plain gradient descent, finite and not negative; not looked at where there is an optimizer.
        optimizer : Optimizer, optional
            Takes the place of plain gradient descent.
        normalize : bool
            Whether to divide each row of a softmax's probabilities by its sum.
        sample_weight : (N,), optional
            How much each sample counts.

        Returns
        -------
        float
            The mean loss before the update.
        """
        X = self._samples(X)
        targets = self._targets_apart(self._targets(y, len(X), normalize, sample_weight))
        X = self._apart(X)
        descent = _optimizers.chosen(optimizer, learning_rate)
        try:
            return self._functions.train_step(self._parameters, X, targets, descent, self, self._threads)
        except _native.Refused as refused:
            raise self._refusal(refused, X, targets, descent) from None

    def partial_fit(
        self: _Self,
        X: ArrayLike,
        y: ArrayLike,
        learning_rate: float = 0.1,
        *,
        optimizer: Optimizer | None = None,
        normalize: bool = False,
        sample_weight: ArrayLike | None = None,
    ) -> _Self:
        """One step on a batch; see ``train_step``."""
        self.train_step(
            X, y, learning_rate, optimizer=optimizer, normalize=normalize, sample_weight=sample_weight
        )
        return self

    def train_epoch(
        self,
        X: ArrayLike,
        y: ArrayLike,
        batch_size: int = 32,
        learning_rate: float = 0.1,
        *,
        optimizer: Optimizer | None = None,
        shuffle_seed: int = 0,
        epoch: int = 0,
        first_batch: int = 0,
        batch_count: int | None = None,
        normalize: bool = False,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """One pass over the samples in shuffled batches, or some of its batches, in one call of the library.

        The bits do not depend on how an epoch is cut into ranges.

        Parameters
        ----------
        X : (N, D)
            Inputs of the whole training set, finite.
        y : (N,) or (N, C)
            Targets.
        batch_size : int
            Samples in a batch; the last one may be short, and counts with its own mean.
        learning_rate : float
            η of plain gradient descent, finite and not negative; not looked at where there is an optimizer.
        optimizer : Optimizer, optional
            Takes the place of plain gradient descent.
        shuffle_seed, epoch : int
            Decide the order of the samples, together.
        first_batch : int
            The first batch of the range.
        batch_count : int, optional
            Batches in the range; None is all from the first on.
        normalize : bool
            Whether to divide each row of a softmax's probabilities by its sum.
        sample_weight : (N,), optional
            How much each sample counts.

        Returns
        -------
        float
            The mean over the samples trained on of the loss before each one's update; 0 for a range of none.
        """
        descent = _optimizers.chosen(optimizer, learning_rate)
        X, targets, batch_size = self._training_data(X, y, batch_size, normalize, sample_weight)
        batches = _batches(X, batch_size)
        first_batch = _arguments.whole(first_batch, "first_batch", 0, batches)
        left = batches - first_batch
        count = left if batch_count is None else _arguments.whole(batch_count, "batch_count", 0, left)
        shuffle_seed, epoch = _arguments.seed(shuffle_seed, "shuffle_seed"), _arguments.seed(epoch, "epoch")
        progress = _native.Progress(0.0)
        return self._train(X, targets, batch_size, descent, shuffle_seed, epoch, first_batch, count, progress)

    def fit(
        self: _Self,
        X: ArrayLike | Table | StreamedTable | Path,
        y: ArrayLike | None = None,
        epochs: int = 20,
        batch_size: int = 32,
        learning_rate: float = 0.1,
        *,
        optimizer: Optimizer | None = None,
        shuffle_seed: int = 0,
        first_epoch: int = 0,
        validation_data: tuple[ArrayLike, ...] | Table | Path | None = None,
        progress: bool | None = None,
        normalize: bool = False,
        sample_weight: ArrayLike | None = None,
        validation_split: float | None = None,
        schedule: Schedule | None = None,
        warm_up_steps: int = 0,
        early_stopping: EarlyStopping | None = None,
        class_weight: str | Mapping[Any, float] | Sequence[float] | None = None,
        label_smoothing: float = 0.0,
        scaling: str | AnyScaling | float | None = None,
        missing: str | Sequence[float] | float | None = None,
        time_limit: float | None = None,
        callbacks: Sequence[Callback] = (),
        checkpoint: Checkpoint | Path | None = None,
        resume: bool = False,
        target: Column | Sequence[Column] = "last",
        weights: Column | None = None,
        block_size: int | None = None,
    ) -> _Self:
        """Trains for some epochs in shuffled batches, from the parameters as they are.

        Ctrl-C ends it within a second, or after the batch and the pass that validates all of the data where they take
        longer. The parameters are then those after a whole step, or with early stopping those of the best epoch; where
        there is a checkpoint, the training can go on from that batch.

        Parameters
        ----------
        X : (N, D), Table, StreamedTable, or a path
            Inputs, finite; with ``missing`` NaN where a number is missing. The names of a frame's columns are kept. A
            table brings the names of its columns and classes along.
        y : (N,) or (N, C)
            Targets; left out with a table, or a path that ``read_table`` reads. Texts are labels of any kind, whose
            names are kept in ``classes``.
        epochs : int
            Passes over all samples.
        batch_size : int
            Samples in a batch; the last one may be short, and counts with its own mean.
        learning_rate : float
            η of plain gradient descent, finite and not negative; not looked at where there is an optimizer.
        optimizer : Optimizer, optional
            Takes the place of plain gradient descent.
        shuffle_seed : int
            With the number of the epoch, decides the order of the samples; and alone, which of them are held out.
        first_epoch : int
            The number of the first epoch. Three epochs have the bits of two, and then one with ``first_epoch=2``.
        validation_data : (X, y), (X, y, sample_weight), Table or a path, optional
            Evaluated after each epoch, for ``history``, early stopping and a plateau of the learning rate.
        progress : bool, optional
            Whether to show a bar, where tqdm is installed; None shows it on a terminal.
        normalize : bool
            Whether to divide each row of a softmax's probabilities by its sum, those of the validation data too.
        sample_weight : (N,), optional
            How much each sample counts.
        validation_split : float, optional
            The share of the samples to hold out as validation data, from 0 up to, and not, 1: drawn by ``shuffle_seed``,
            and, where y has class numbers, of each class in its proportion. It is ``Holdout.Choose`` of C#.
        schedule : Schedule, optional
            How the learning rate goes from epoch to epoch: ``Constant()``, ``Step(…)``, ``Cosine(…)`` or ``Plateau(…)``.
        warm_up_steps : int
            W: the first steps' learning rate is (t + 1)/W of what it would be, in step t from 0 on. They are made one by
            one, which takes longer where batches are small.
        early_stopping : EarlyStopping, optional
            Ends the training where the validation gets no better, and keeps the best epoch's parameters.
        class_weight : "balanced", mapping or sequence, optional
            How much the samples of each class count, beside ``sample_weight``: a number for each class number, where a
            mapping leaves some out 1; ``"balanced"`` is N/(K · samples of the class) for K classes that occur.
        label_smoothing : float
            ε, from 0 up to, and not, 1, of a softmax: of each target's probability ε is spread evenly over all classes.
            The validation data are taken as they are.
        scaling : "standard", "minmax", float or Scaling, optional
            How X is scaled: to a mean of 0 and a deviation of 1, to 0 to 1, or divided by a number. It is measured on
            the samples that are learned from, and kept in ``scaling``, so that every method takes X as it is. None goes
            on with what the network has.
        missing : float, sequence of float or "mean", optional
            What stands for numbers that are missing; ``"mean"`` is the mean of those of the same column that are learned
            from. It is kept, as the scaling is.
        time_limit : float, optional
            Seconds after which it ends, with the batch that runs.
        callbacks : sequence of callables
            Each is called after each epoch, with the network and its ``EpochResult``; one that returns True ends the
            training.
        checkpoint : path or Checkpoint, optional
            A file that keeps the state after each epoch, at the end, and when Ctrl-C or the limit of time ends it.
        resume : bool
            Whether to go on from the checkpoint where it is there, to the bits of a training that was never ended.
            Whatever decides them must be as it was; epochs and the limit of time may be others.
        target : str, int, or a sequence of them
            Of a path the columns of targets; see ``read_table``.
        weights : str or int, optional
            Of a path the column of the samples' weights; see ``read_table``.
        block_size : int, optional
            Of a path that so many samples are in memory at once: see ``StreamedTable``. With a block for all samples
            the bits are those of a training in memory.

        Raises
        ------
        FloatingPointError
            The loss or a gradient is not finite, or an update could overflow; the updates before that batch stay.
        """
        _fitting.fit(
            self,
            X,
            y,
            _fitting.Asked(
                epochs, batch_size, learning_rate, optimizer, shuffle_seed, first_epoch, validation_data, progress,
                normalize, sample_weight, validation_split, schedule, warm_up_steps, early_stopping, class_weight,
                label_smoothing, scaling, missing, time_limit, callbacks, checkpoint, resume, target,
                weights, block_size,
            ),  # fmt: skip
        )
        return self

    @property
    def result(self) -> TrainingResult | None:
        """What the last ``fit`` has come to: how it ended, the best epoch, and the figures on what was held out."""
        return self._result

    def history_rows(self) -> list[dict[str, Any]]:
        """``history`` as a flat dictionary for each epoch, as ``pandas.DataFrame(net.history_rows())`` takes them.

        The keys are ``epoch``, which counts from 1, ``learning_rate``, ``loss``, and with validation data
        ``validation_loss`` and ``validation_accuracy`` or ``validation_r2``.
        """
        return _history.rows(self.history)

    def save_history(self, path: Path) -> None:
        """Writes ``history_rows`` as CSV, with a header; a file is replaced as a whole."""
        _safetensors.named(path, lambda: _history.save(path, self.history), "history")

    # -- Files

    def save(
        self,
        path: Path,
        facts: Mapping[str, str] | None = None,
        *,
        scaling: AnyScaling | float | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        """Writes the network to a safetensors file, with what it knows of its table: scaling, names, missing numbers.

        An existing file is replaced as a whole, and only once everything is on the disk. It keeps its mode, its owner and
        its extended attributes, as far as the process may set them. ``require_writable`` tells before a training
        whether a path can be written.

        Parameters
        ----------
        path : str, bytes or os.PathLike
            The file.
        facts : mapping of str to str, optional
            Texts to keep in the file, such as how the network was trained, which ``net.result.facts`` tells.
            ``read_model_info`` reads them. None is those of the file that the network was loaded from.
        scaling : float, Scaling, StandardScaling or MinMaxScaling, optional
            How the inputs were scaled before the network had them; None where the network scales them, or nobody does.
        classes : sequence of str, optional
            The names of all classes; None is those that the network has.

        Raises
        ------
        OSError
            The file could not be written. The old one is there still, unless the error says that the new one is written,
            and only its name may not be on the disk.
        """
        values = _arguments.finite(self._parameters, "parameters")
        if scaling is None:
            scaling = self.scaling
        elif self.scaling is not None and _scaling.of_any(scaling, self.sizes[0]) != self.scaling:
            raise ValueError(
                f"scaling is {scaling!r}, and the network's own is {self.scaling!r}; wanted None, or the same"
            )
        _safetensors.write(
            path,
            self.sizes,
            values,
            self._facts if facts is None else facts,
            scaling,
            self.classes if classes is None else classes,
            self._functions_of_layers,
            self.columns,
            self.target,
            self.missing,
        )

    @classmethod
    def load(cls: type[_Self], path: Path, *, scaling: str = "apply") -> _Self:
        """A new network with the parameters of a file; see ``load_parameters``."""
        return cls().load_parameters(path, scaling=scaling)

    def load_parameters(self: _Self, path: Path, *, scaling: str = "apply") -> _Self:
        """Replaces the parameters by those of a file, and what the network knows of its table, or changes nothing.

        Parameters
        ----------
        path : str, bytes or os.PathLike
            The file.
        scaling : str
            What to do with the file's scaling: ``"apply"`` makes it the network's own, which then scales every X, and
            replaces what is missing; ``"refuse"`` refuses a file with one; ``"ignore"`` leaves it to the caller to do as
            ``read_model_info`` tells.

        Raises
        ------
        ValueError
            The file is of another format or of other sizes, damaged, or holds what is not finite.
        """
        parameters, info = _safetensors.load(path, self.sizes, scaling, self._functions_of_layers)
        applies = scaling != "ignore"
        self._parameters[:] = parameters
        self._preparation = Preparation(
            info.columns, info.missing if applies else None, info.scaling if applies else None
        )
        self._classes, self._target = info.classes, info.target
        self._drawn, self._facts = None, dict(info.facts)
        return self

    # -- The object

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'-'.join(map(str, self.sizes))}: {self._parameters.size:,} parameters>"

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        # Views would be pickled as copies.
        del state["_tensors"]
        return {**state, "history": list(self.history), "sizes": self.sizes}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        sizes = state.pop("sizes")
        if sizes != self.sizes:
            came, wanted = ("-".join(map(str, s)) for s in (sizes, self.sizes))
            raise ValueError(f"the pickle holds a network of {came}; wanted {wanted}, as this library has it")
        # A copy, because a pickle's buffer may be read-only, and another's.
        self._hold()
        self._parameters[:] = state.pop("_parameters")
        self.__dict__.update(state)

    def _hold(self) -> None:
        self._parameters = _memory.zeros(_count(self.sizes), np.float32)
        self._tensors = _views(self._parameters, self.sizes)

    def _samples(self, X: ArrayLike | Table, name: str = "X") -> NDArray[np.float32]:
        return self._preparation.of(X, self.sizes[0], name)

    def _samples_and_targets(
        self,
        X: ArrayLike | Table,
        y: ArrayLike | None,
        normalize: bool,
        sample_weight: ArrayLike | None,
        which: str = "",
    ) -> tuple[NDArray[np.float32], Targets]:
        given = _fitting.given(self, X, y, sample_weight, which)
        samples = self._samples(given.X, f"{which}X")
        return samples, self._targets(given.y, len(samples), normalize, given.sample_weight, which)

    @property
    def _functions_of_layers(self) -> _safetensors.Functions:
        return _safetensors.Functions(self.activation, self.output)

    def _targets(
        self, y: ArrayLike, count: int, normalize: bool, sample_weight: ArrayLike | None, which: str = ""
    ) -> Targets:
        return _targets.of(self.output, self.sizes[-1], y, count, normalize, sample_weight, which)

    def _apart(self, array: NDArray[Any]) -> NDArray[Any]:
        # What is read while the parameters are written must not be their own memory.
        return array.copy() if np.may_share_memory(array, self._parameters) else array

    def _targets_apart(self, targets: Targets) -> Targets:
        weights = targets.weights
        return Targets(self._apart(targets.y), None if weights is None else self._apart(weights))

    def _training_data(
        self, X: ArrayLike, y: ArrayLike, batch_size: int, normalize: bool, sample_weight: ArrayLike | None
    ) -> tuple[NDArray[np.float32], Targets, int]:
        X = self._samples(X)
        targets = self._targets(y, len(X), normalize, sample_weight)
        # The library numbers samples in 31 bits.
        if len(X) >= 2**31:
            raise ValueError(f"X has {len(X)} samples; wanted fewer than 2³¹")
        batch_size = min(_arguments.whole(batch_size, "batch_size", 1), len(X))
        return self._apart(X), self._targets_apart(targets), batch_size

    def _valid(self, targets: Targets, which: str = "") -> Targets:
        """The targets, all of which the library takes."""
        if not targets.are_labels:
            _refusals.require_values(self.output, targets.y, f"{which}y")
        return targets

    def _forward(self, X: NDArray[np.float32], out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """A of the last layer, (N, C)."""
        result = _arguments.output(out, "out", np.float32, (len(X), self.sizes[-1]), X, self._parameters)
        self._infer(self._functions.forward, X, result)
        return result if out is None else out

    def _infer(self, function: Callable[..., None], X: NDArray[np.float32], result: NDArray[Any]) -> None:
        try:
            for part in self._parts(X):
                function(self._parameters, X[part], result[part])
        except _native.Refused:
            raise _refusals.of_inputs(X) from None

    def _evaluate(self, X: NDArray[np.float32], targets: Targets, which: str = "") -> Any:
        raise NotImplementedError

    def _figures(self, X: NDArray[np.float32], targets: Targets) -> Figures:
        """All figures of ``metrics``."""
        raise NotImplementedError

    def _correct_count(self) -> int:
        """How many numbers the library counts right answers in."""
        return {"softmax": 1, "sigmoid": self.sizes[-1]}.get(self.output, 0)

    def _losses(
        self, X: NDArray[np.float32], targets: Targets, correct_count: int, which: str = ""
    ) -> tuple[float, NDArray[np.uintp]]:
        """The mean loss, and in so many numbers how often the network is right."""
        loss, correct = 0.0, np.zeros(correct_count, np.uintp)
        try:
            for part in self._parts(X, targets):
                loss = self._functions.add_losses(self._parameters, X[part], targets.part(part), loss, correct)
        except _native.Refused as refused:
            raise self._refusal(refused, X, targets, which=which) from None
        return loss / targets.total(), correct

    def _refusal(
        self,
        refused: _native.Refused,
        X: NDArray[np.float32],
        targets: Targets,
        descent: Descent | None = None,
        which: str = "",
    ) -> Exception:
        layers = _refusals.Layers(self._tensors, self.activation, self.output)
        return _refusals.of_samples(refused, layers, X, targets.y, descent, which)

    def _parts(self, X: NDArray[np.float32], targets: Targets | None = None) -> list[slice]:
        """The samples that go into one call each, so that Ctrl-C need not wait long. The library validates one call's."""
        size = max(1, _SLICE_WORK // self._parameters.size)
        if len(X) <= size:
            return _ALL
        _arguments.finite(X, "X")
        if targets is not None:
            self._valid(targets)
        return [slice(start, start + size) for start in range(0, len(X), size)]

    def _train(
        self,
        X: NDArray[np.float32],
        targets: Targets,
        batch_size: int,
        descent: Descent,
        seed: int,
        epoch: int,
        first: int,
        count: int,
        progress: _native.Progress,
        where: Callable[[], str] | None = None,
    ) -> float:
        """Trains on a range of batches, and returns their mean loss."""
        try:
            return self._functions.train_epoch(
                self._parameters,
                X,
                targets,
                batch_size,
                descent,
                self,
                seed,
                epoch,
                first,
                count,
                progress,
                self._threads,
                where,
            )
        except _native.Refused as refused:
            raise self._refusal(refused, X, targets, descent) from None

    @classmethod
    def _evaluation(cls, figures: Mapping[str, float]) -> Any:
        """What ``evaluate`` said, from its figures, as a file keeps them."""
        raise NotImplementedError


def _parameter(name: str, shape: tuple[int, ...]) -> property:
    def get(self: Network) -> NDArray[np.float32]:
        # Not the array itself, to which a caller could give another shape.
        return self._tensors[name][...]

    def set_(self: Network, values: ArrayLike) -> None:
        self._tensors[name][:] = _arguments.finite(_arguments.floats(values, name, shape), name)

    what = "The weights" if len(shape) == 2 else "The biases"
    return property(get, set_, doc=f"{what} of layer {name[1:]}, {shape}: a view.")


def _shapes(sizes: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    shapes: list[tuple[str, tuple[int, ...]]] = []
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:]), 1):
        shapes += [(f"W{layer}", (inputs, outputs)), (f"b{layer}", (outputs,))]
    return shapes


def _count(sizes: tuple[int, ...]) -> int:
    return sum((inputs + 1) * outputs for inputs, outputs in zip(sizes, sizes[1:]))


def _views(flat: NDArray[np.float32], sizes: tuple[int, ...]) -> dict[str, NDArray[np.float32]]:
    views, offset = {}, 0
    for name, shape in _shapes(sizes):
        size = int(np.prod(shape))
        views[name] = flat[offset : offset + size].reshape(shape)
        offset += size
    return views


def _batches(X: NDArray[np.float32], batch_size: int) -> int:
    return -(-len(X) // batch_size)
