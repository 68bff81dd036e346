"""Neural networks of fixed sizes with their training, compiled ahead of time. NumPy in, NumPy out."""

from ._native import abi_version, instruction_set_level, self_test, version
from ._network import Gradient, Network
from .networks import *  # noqa: F401,F403
from .networks import __all__ as _networks

__version__ = version()
__all__ = ["Gradient", "Network", "abi_version", "instruction_set_level", "self_test", "version", *_networks]
