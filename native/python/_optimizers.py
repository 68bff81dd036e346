"""How training moves the parameters. Names, defaults and mathematics are ``torch.optim``'s, and of Lion its paper's."""

from __future__ import annotations

import math
import operator
import weakref
from typing import TYPE_CHECKING, Any, ClassVar, Optional, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import _arguments, _memory, _native, _scaling

_Self = TypeVar("_Self", bound="Optimizer")

# The package has these names. No network's class may have one: what packs the package reads them here.
__all__ = ["SGD", "Adam", "AdamW", "Lion", "Optimizer"]

# Bounds of the library's steps, which docs/derivation.md derives: of an update, and of a derivative that is kept.
_LARGEST_UPDATE = 2.0**103
_LARGEST_KEPT = 2.0**40

# What no derivative can bring near a bound: η where something is kept, and η/(1 − β₁)/ε of Adam.
_LARGEST_MOMENTUM_RATE = 2.0**41
_LARGEST_ADAM_RATIO = 2.0**61

# ηλ where weights decay apart from the gradient: with more, W ← (1 − ηλ)W would grow.
_LARGEST_DECAY = 2

_LARGEST = float(np.finfo(np.float32).max)

# What rounding may add to a bound.
_SLACK = 1 + 2.0**-20


class Descent:
    """How a step moves the parameters."""

    __slots__ = ()

    # The optimizer's name in the library's table.
    _kind: ClassVar[str]

    @property
    def _entry(self) -> dict[str, Any]:
        """What the library's table says of the optimizer."""
        return _native.OPTIMIZERS[self._kind]

    @property
    def _title(self) -> str:
        """The optimizer in a sentence."""
        return str(self._entry["title"])

    def _numbers(self) -> dict[str, Any]:
        """The fields of the library's options."""
        raise NotImplementedError

    def _why_unsafe(self, what: str, bound: float, largest_parameter: float) -> Optional[str]:
        """Why a step is refused; None where it is not for this.

        Parameters
        ----------
        what : str
            What has the derivatives.
        bound : float
            Of the magnitude of each derivative.
        largest_parameter : float
            The largest magnitude of a parameter.
        """
        numbers, entry = self._numbers(), self._entry
        rate = numbers["learning_rate"]
        clip, decay = numbers.get("clip_norm", 0), numbers.get("weight_decay", 0)
        if not bound < _LARGEST:
            # NaN is a product of 0 and what has overflowed.
            reached = math.inf if math.isnan(bound) else bound
            return f"A derivative in {what} may reach {reached:.3g}, more than a float can hold"
        taken = min(bound, clip * _SLACK) if clip > 0 else bound
        if decay > 0 and not entry["decays_apart"]:
            taken = (taken + decay * largest_parameter) * _SLACK
        limit = _LARGEST_KEPT if entry["keeps"] else _LARGEST
        if not taken < limit:
            return f"A derivative in {what} may reach {taken:.3g}; {self._title} takes those below {limit:.3g}"
        if not entry["keeps"] and not rate * taken < _LARGEST_UPDATE:
            return (
                f"An update by {what} may reach learning_rate {rate:g} · {taken:.3g}; "
                f"wanted below {_LARGEST_UPDATE:.3g}, so that no parameter overflows"
            )
        return None

    def _state_for(self, network: Any, size: int) -> Optional[NDArray[np.uint8]]:
        """The state, for a step of a network."""
        raise NotImplementedError


class _GradientDescent(Descent):
    """Plain gradient descent where there is no optimizer: it keeps nothing, and is made for a call."""

    __slots__ = ("_learning_rate",)
    _kind = "sgd"

    def __init__(self, learning_rate: float) -> None:
        self._learning_rate = _arguments.learning_rate(learning_rate)

    def _numbers(self) -> dict[str, Any]:
        return {"optimizer": self._entry["number"], "learning_rate": self._learning_rate}

    def _state_for(self, network: Any, size: int) -> Optional[NDArray[np.uint8]]:
        return None


class _AtRate(Descent):
    """A descent with another learning rate, which its object does not hear of."""

    __slots__ = ("_of", "_rate")

    def __init__(self, of: Descent, rate: float) -> None:
        self._of = of
        self._rate = rate

    @property
    def _entry(self) -> dict[str, Any]:
        return self._of._entry

    @property
    def _title(self) -> str:
        return self._of._title

    def _numbers(self) -> dict[str, Any]:
        return {**self._of._numbers(), "learning_rate": self._rate}

    def _state_for(self, network: Any, size: int) -> Optional[NDArray[np.uint8]]:
        return self._of._state_for(network, size)


class Optimizer(Descent):
    """What all optimizers have in common; use ``SGD``, ``Adam`` or another that is derived from it.

    An optimizer belongs to the first network that it trains, and keeps its state: training goes on where it stopped, in
    a pickle or a copy, too. Its numbers may change between steps, as in ``optimizer.learning_rate *= 0.5``. Numbers with
    which no step could ever be made are a ValueError, alone or together.

    All parameters decay, biases too. With ``clip_norm`` c above 0 a gradient whose norm over all parameters is larger is
    shortened first, g ← g · min(1, c / (‖g‖ + 1e-6)).
    """

    __slots__ = ("learning_rate", "weight_decay", "clip_norm", "_state", "_network", "__weakref__")

    # The settings, in the order in which they are shown.
    _names: ClassVar[tuple[str, ...]] = ()

    learning_rate: float
    weight_decay: float
    clip_norm: float
    _state: Optional[NDArray[np.uint8]]
    _network: Any

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets all steps, and the network."""
        self._state = None
        self._network = None

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by their names, as scikit-learn asks for those of what an estimator holds."""
        return {name: getattr(self, name) for name in self._names}

    def set_params(self: _Self, **settings: Any) -> _Self:
        """Changes some of the settings; see ``get_params``."""
        for name, value in settings.items():
            if name not in self._names:
                raise ValueError(f"{type(self).__name__} has no setting '{name}'; wanted one of {', '.join(self._names)}")
            setattr(self, name, value)
        return self

    # Hidden from type checkers, to which it would say that any name can be set.
    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None:
            """Sets a number, which is checked alone and with the others. What an optimizer has not is refused."""
            if name in self._names:
                value = self._checked(name, value)
                settings = {other: getattr(self, other) for other in self._names if hasattr(self, other)}
                settings[name] = value
                # Until the last of them is there, the object is being made.
                why = self._why_impossible(settings) if len(settings) == len(self._names) else None
                if why is not None:
                    raise ValueError(why)
            try:
                super().__setattr__(name, value)
            except AttributeError:
                kind, wanted = type(self).__name__, ", ".join(self._names)
                raise AttributeError(f"{kind} has no attribute '{name}'; wanted one of {wanted}") from None

    def __delattr__(self, name: str) -> None:
        if name in self._names:
            raise AttributeError(f"{name} of {type(self).__name__} can't be deleted, only set")
        super().__delattr__(name)

    def _numbers(self) -> dict[str, Any]:
        settings = {name: getattr(self, name) for name in self._names}
        settings.pop("nesterov", None)
        if "betas" in settings:
            settings["beta1"], settings["beta2"] = settings.pop("betas")
        return {"optimizer": self._entry["number"], **settings}

    def _why_impossible(self, numbers: dict[str, Any]) -> Optional[str]:
        """What makes every step impossible with these numbers; None where nothing does."""
        rate, decay = numbers["learning_rate"], numbers["weight_decay"]
        if self._entry["decays_apart"] and _float(rate) * _float(decay) > _LARGEST_DECAY:
            return (
                f"learning_rate {rate:g} times weight_decay {decay:g} is {rate * decay:g}; "
                f"wanted {_LARGEST_DECAY} or less, for with more the weights would grow"
            )
        if "epsilon" in numbers:
            return _why_unbounded(rate, numbers["betas"][0], numbers["epsilon"])
        if _float(rate) < _LARGEST_MOMENTUM_RATE:
            return None
        return f"learning_rate is {rate:g}; wanted below {_LARGEST_MOMENTUM_RATE:.3g}"

    def _checked(self, name: str, value: Any) -> Any:
        if name == "learning_rate":
            return _arguments.learning_rate(value)
        if name == "epsilon":
            return _arguments.number(value, name, 1e-20)
        if name == "betas":
            try:
                beta1, beta2 = value
            except (TypeError, ValueError):
                raise ValueError(f"betas is {value!r}; wanted a pair of numbers") from None
            pair = _arguments.number(beta1, "betas[0]", 0, 0.999999), _arguments.number(beta2, "betas[1]", 0, 0.999999)
            # As it is, if it can be: scikit-learn's clone looks whether an object keeps what it is given.
            return value if type(value) is tuple and all(map(operator.is_, value, pair)) else pair
        if name == "momentum":
            return _arguments.number(value, name, 0, 0.999999)
        if name == "nesterov":
            if not isinstance(value, (bool, np.bool_)):
                raise ValueError(f"nesterov is {value!r}; wanted True or False")
            return bool(value)
        return _arguments.number(value, name, 0)

    def _state_for(self, network: Any, size: int) -> Optional[NDArray[np.uint8]]:
        """The state, for a step of a network: zeroed before its first."""
        # Read once: another thread may reset it.
        state, owner = self._state, self._network
        if state is None or owner is None:
            # From a pickle or a copy the state comes without its network: the next is its own.
            self._network = weakref.ref(network)
            self._state = state = _moved(state, size)
        elif (owner() if isinstance(owner, weakref.ref) else owner) is not network:
            raise ValueError("the optimizer has trained another network; wanted one for each, or a reset() between them")
        elif state.nbytes < size:
            # Clipping was switched on: the room for the gradient lies behind what is kept.
            self._state = state = _moved(state, size)
        return state

    def __getstate__(self) -> dict[str, Any]:
        state = None if self._state is None else self._state.copy()
        # A class that is derived from one of these has a dictionary, too.
        own = getattr(self, "__dict__", {})
        return {**own, **{name: getattr(self, name) for name in self._names}, "_network": None, "_state": state}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # As they are: a pickle of an earlier version may hold numbers that no step takes, which the step then says.
        for name, value in state.items():
            if name in self._names or name in ("_network", "_state") or hasattr(self, "__dict__"):
                object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._names)})"


class SGD(Optimizer):
    """Gradient descent, with momentum or without.

    With g + λW for the gradient g::

        W ← W − ηg                          without momentum
        m ← μm + g      W ← W − ηm          with momentum μ
        m ← μm + g      W ← W − η(g + μm)   with Nesterov's

    Parameters
    ----------
    learning_rate : float
        η, finite and not negative.
    momentum : float
        μ, from 0 to 0.999999.
    nesterov : bool
        Whether the momentum is Nesterov's.
    weight_decay : float
        λ, finite and not negative.
    clip_norm : float
        The largest norm of a gradient; 0 is off.
    """

    __slots__ = ("momentum", "nesterov")
    _names = ("learning_rate", "momentum", "nesterov", "weight_decay", "clip_norm")

    momentum: float
    nesterov: bool

    def __init__(
        self,
        learning_rate: float = 0.1,
        momentum: float = 0.0,
        nesterov: bool = False,
        *,
        weight_decay: float = 0.0,
        clip_norm: float = 0.0,
    ) -> None:
        super().__init__()
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.nesterov = nesterov
        self.weight_decay = weight_decay
        self.clip_norm = clip_norm

    # It is one of three to the library.
    @property
    def _entry(self) -> dict[str, Any]:
        kind = "sgd" if self.momentum == 0 else "nesterov" if self.nesterov else "momentum"
        return _native.OPTIMIZERS[kind]

    @property
    def _title(self) -> str:
        return "Nesterov's momentum" if self.nesterov else super()._title

    def _why_impossible(self, numbers: dict[str, Any]) -> Optional[str]:
        rate, momentum = numbers["learning_rate"], numbers["momentum"]
        if momentum == 0 and numbers["nesterov"]:
            return "nesterov is True with a momentum of 0; wanted a momentum above it"
        if momentum == 0 or _float(rate) < _LARGEST_MOMENTUM_RATE:
            return None
        return f"learning_rate is {rate:g} with momentum {momentum:g}; wanted below {_LARGEST_MOMENTUM_RATE:.3g}"


class Adam(Optimizer):
    """Adam: steps by the mean of the gradients over the root of the mean of their squares.

    In step t, with g + λW for the gradient g::

        m ← β₁m + (1 − β₁)g      v ← β₂v + (1 − β₂)g²
        W ← W − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)

    Parameters
    ----------
    learning_rate : float
        η, finite and not negative.
    betas : (float, float)
        β₁ and β₂, from 0 to 0.999999.
    epsilon : float
        ε, finite, at least 1e-20.
    weight_decay : float
        λ, finite and not negative.
    clip_norm : float
        The largest norm of a gradient; 0 is off.
    """

    __slots__ = ("betas", "epsilon")
    _names = ("learning_rate", "betas", "epsilon", "weight_decay", "clip_norm")
    _kind = "adam"

    betas: tuple[float, float]
    epsilon: float

    def __init__(
        self,
        learning_rate: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        *,
        weight_decay: float = 0.0,
        clip_norm: float = 0.0,
    ) -> None:
        super().__init__()
        self.learning_rate = learning_rate
        self.betas = betas
        self.epsilon = epsilon
        self.weight_decay = weight_decay
        self.clip_norm = clip_norm


class AdamW(Adam):
    """Adam with decoupled weight decay: W ← (1 − ηλ)W, and then the step of ``Adam`` by the gradient alone.

    The parameters are those of ``Adam``; ``weight_decay`` is 0.01 where it is not given.
    """

    __slots__ = ()
    _kind = "adamw"

    def __init__(
        self,
        learning_rate: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        *,
        weight_decay: float = 0.01,
        clip_norm: float = 0.0,
    ) -> None:
        super().__init__(learning_rate, betas, epsilon, weight_decay=weight_decay, clip_norm=clip_norm)


class Lion(Optimizer):
    """Lion: steps of one length, by the sign of a mean of gradients (Chen and others, 2023).

    With the gradient g, and sign(0) = 0::

        c = β₁m + (1 − β₁)g
        W ← (1 − ηλ)W − η sign(c)
        m ← β₂m + (1 − β₂)g

    Parameters
    ----------
    learning_rate : float
        η, finite and not negative: by so much each parameter moves, so that it is a fraction of Adam's.
    betas : (float, float)
        β₁ and β₂, from 0 to 0.999999.
    weight_decay : float
        λ, finite and not negative.
    clip_norm : float
        The largest norm of a gradient; 0 is off.
    """

    __slots__ = ("betas",)
    _names = ("learning_rate", "betas", "weight_decay", "clip_norm")
    _kind = "lion"

    betas: tuple[float, float]

    def __init__(
        self,
        learning_rate: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        *,
        weight_decay: float = 0.0,
        clip_norm: float = 0.0,
    ) -> None:
        super().__init__()
        self.learning_rate = learning_rate
        self.betas = betas
        self.weight_decay = weight_decay
        self.clip_norm = clip_norm


def _why_unbounded(rate: float, beta1: float, epsilon: float) -> Optional[str]:
    """Why a step of Adam could overflow; None where it could not."""
    # The first step is the longest.
    first = _float(rate) / (1 - _float(beta1))
    if not first < _LARGEST:
        return f"learning_rate {rate:g} / (1 − betas[0] {beta1:g}) is {first:.3g}; wanted below {_LARGEST:.3g}"
    if first / _float(epsilon) < _LARGEST_ADAM_RATIO:
        return None
    return (
        f"learning_rate {rate:g} / (1 − betas[0] {beta1:g}) / epsilon {epsilon:g} is {first / epsilon:.3g}; "
        f"wanted below {_LARGEST_ADAM_RATIO:.3g}: the first step could overflow"
    )


def _float(number: float) -> float:
    """As the library gets it."""
    return float(np.float32(number))


def _moved(kept: Optional[NDArray[np.uint8]], size: int) -> NDArray[np.uint8]:
    """What is kept, with room for so many bytes."""
    if kept is None:
        return _memory.zeros(size, np.uint8)
    moved = _memory.zeros(max(size, kept.nbytes), np.uint8)
    moved[: kept.nbytes] = kept
    return moved


def at_rate(descent: Descent, rate: float) -> Descent:
    """The descent with a learning rate, which a schedule has made of its own."""
    return _AtRate(descent, rate)


def state_of(descent: Descent) -> Optional[NDArray[np.uint8]]:
    """What the optimizer keeps; None where it has made no step, or keeps nothing."""
    state = descent._state if isinstance(descent, Optimizer) else None
    if state is None or state.nbytes == 0:
        return None
    # It begins with the number of steps; before the first there may be memory for it.
    steps = int.from_bytes(state[:8].tobytes(), "little")
    return state if steps > 0 else None


def restore_state(descent: Descent, network: Any, state: Optional[NDArray[np.uint8]]) -> None:
    """Lets an optimizer go on from what one kept that trained the network."""
    if isinstance(descent, Optimizer):
        descent.reset()
        if state is not None:
            descent._state = _moved(state, state.nbytes)
            descent._network = weakref.ref(network)


def sizes_of_state(descent: Descent, network: Any) -> set[int]:
    """The bytes that a state may have: with room for a gradient that is clipped, and without."""
    functions = network._functions
    of = descent._numbers()
    sizes = {functions.optimizer_state_size({**of, "clip_norm": clip}) for clip in (of.get("clip_norm", 0.0), 0.0, 1.0)}
    return {size for size in sizes if size > 0}


def texts(descent: Descent) -> dict[str, str]:
    """Which optimizer it is, with its numbers as the library gets them: 0 where it has none."""
    numbers = descent._numbers()
    names = ("learning_rate", "momentum", "beta1", "beta2", "epsilon", "weight_decay", "clip_norm")
    return {"optimizer": descent._entry["name"], **{name: _scaling.single_text(numbers.get(name, 0.0)) for name in names}}


def chosen(optimizer: Any, learning_rate: float) -> Descent:
    """The optimizer, or where there is none, plain gradient descent."""
    if optimizer is None:
        return _GradientDescent(learning_rate)
    if not isinstance(optimizer, Optimizer) or not optimizer._names:
        of = _arguments.foreign(optimizer, Optimizer)
        package = f" of '{_native.LIBRARY}'" if of else ""
        *others, last = (f"{name}(…)" for name in __all__ if name != "Optimizer")
        raise ValueError(f"optimizer is {optimizer!r}{of}; wanted {', '.join(others)} or {last}{package}")
    return optimizer
