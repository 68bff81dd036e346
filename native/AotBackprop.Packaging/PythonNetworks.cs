using System.Globalization;
using System.Text;

namespace AotBackprop.Packaging;

/// <summary>The Python module that names the networks, so that editors and type checkers know their members.</summary>
internal static class PythonNetworks
{
    public static string Module(InterfaceTable table)
    {
        StringBuilder text = new();
        text.Append("\"\"\"The networks of this library.\"\"\"\n\n");
        text.Append("from __future__ import annotations\n\n");
        text.Append("import numpy as np\nfrom numpy.typing import NDArray\n\nfrom ._network import Network\n\n");
        text.Append(CultureInfo.InvariantCulture, $"__all__ = [{string.Join(", ", table.Networks.Select(n => $"\"{n.Name}\""))}]\n");
        foreach (NetworkEntry network in table.Networks)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\nclass {network.Name}(Network, prefix=\"{network.Prefix}\"):\n");
            text.Append(CultureInfo.InvariantCulture, $"    \"\"\"A network of {string.Join("-", network.Sizes)}, with its training.\"\"\"\n\n");
            for (int l = 1; l < network.Sizes.Count; l++)
            {
                text.Append(CultureInfo.InvariantCulture, $"    W{l}: NDArray[np.float32]  # {network.Sizes[l - 1]}×{network.Sizes[l]}\n");
                text.Append(CultureInfo.InvariantCulture, $"    b{l}: NDArray[np.float32]  # {network.Sizes[l]}\n");
            }
        }

        return text.ToString();
    }
}
