"""Neural networks of fixed sizes with their training, compiled ahead of time. NumPy in, NumPy out.

A class for each network of the library (``networks``), the kinds that they are of (``Classifier``,
``MultiLabelClassifier``, ``Regressor``), what these have in common (``Network``), and ``NetworkClassifier`` and
``NetworkRegressor``, which are scikit-learn estimators and need scikit-learn.

The environment variable ``<LIBRARY>_LIBRARY``, with the name of this package in capitals, is the path of a C library
to load in place of the one in the package.
"""

import typing as _typing

from . import metrics
from ._checkpoint import Checkpoint
from ._early_stopping import EarlyStopping
from ._history import EpochResult
from ._native import abi_version, instruction_set_level, self_test, version
from ._native import INITIALIZATIONS as _initializations
from ._kinds import (
    Classifier,
    Evaluation,
    MultiLabelClassifier,
    MultiLabelEvaluation,
    RegressionEvaluation,
    Regressor,
)
from ._network import Gradient, Network
from ._optimizers import *  # noqa: F403
from ._optimizers import __all__ as _optimizer_names
from ._reading import read_table
from ._result import TrainingResult
from ._safetensors import ModelInfo, read_model_info, require_writable
from ._scaling import MinMaxScaling, Scaling, StandardScaling
from ._schedules import Constant, Cosine, Plateau, Schedule, Step
from ._streamed import StreamedTable
from ._tables import Table
from .networks import *  # noqa: F403
from .networks import __all__ as _networks

if _typing.TYPE_CHECKING:
    from ._sklearn import NetworkClassifier as NetworkClassifier
    from ._sklearn import NetworkRegressor as NetworkRegressor

__version__ = version()

# The names that ``Network.initialize`` explains.
INITIALIZATIONS: tuple[str, ...] = tuple(_initializations)

# No network has one of these names, or that of an optimizer: what packs the package reads them here and there, and
# refuses it.
__all__ = [
    "INITIALIZATIONS",
    "Checkpoint",
    "Classifier",
    "Constant",
    "Cosine",
    "EarlyStopping",
    "EpochResult",
    "Evaluation",
    "Gradient",
    "MinMaxScaling",
    "ModelInfo",
    "MultiLabelClassifier",
    "MultiLabelEvaluation",
    "Network",
    "Plateau",
    "RegressionEvaluation",
    "Regressor",
    "Scaling",
    "Schedule",
    "StandardScaling",
    "Step",
    "StreamedTable",
    "Table",
    "TrainingResult",
    "abi_version",
    "instruction_set_level",
    "metrics",
    "read_model_info",
    "read_table",
    "require_writable",
    "self_test",
    "version",
]
__all__ += _optimizer_names
__all__ += _networks


def __getattr__(name: str) -> _typing.Any:
    # Only who asks for it pays for importing scikit-learn, or has to have it.
    if name in ("NetworkClassifier", "NetworkRegressor"):
        from . import _sklearn

        return getattr(_sklearn, name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__() -> list[str]:
    # What a user may use, and what Python tells of any module.
    own = {name for name in globals() if name.startswith("__")}
    return sorted({*own, *__all__, "NetworkClassifier", "NetworkRegressor", "networks"})
