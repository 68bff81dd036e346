using System.Globalization;
using System.Text;

namespace AotBackprop.Packaging;

/// <summary>The Python module that names the networks, so that editors and type checkers know their members.</summary>
internal static class PythonNetworks
{
    public static string Module(InterfaceTable table)
    {
        // Names of its own begin with an underscore, which no network's does.
        StringBuilder text = new();
        text.Append("\"\"\"The networks of this library.\"\"\"\n\n");
        text.Append("import numpy as _np\nfrom numpy.typing import NDArray as _NDArray\n\n");
        text.Append("from ._network import Network as _Network\n\n");
        string all = string.Join(", ", table.Networks.Select(n => $"\"{n.Name}\""));
        text.Append(CultureInfo.InvariantCulture, $"__all__ = [{all}]\n");
        foreach (NetworkEntry network in table.Networks)
        {
            string sizes = string.Join("-", network.Sizes);
            string prefix = network.Prefix;
            text.Append(CultureInfo.InvariantCulture, $"\n\nclass {network.Name}(_Network, prefix=\"{prefix}\"):\n");
            text.Append(CultureInfo.InvariantCulture, $"    \"\"\"A network of {sizes}, with its training; see Network.\n\n");
            for (int l = 1; l < network.Sizes.Count; l++)
            {
                string input = l == 1 ? "X" : string.Create(CultureInfo.InvariantCulture, $"A{l - 1}");
                string activation = l == network.Sizes.Count - 1 ? "softmax" : network.Activation;
                text.Append(CultureInfo.InvariantCulture, $"    A{l} = {activation}({input} W{l} + b{l}), N×{network.Sizes[l]}\n");
            }

            text.Append("    \"\"\"\n\n");
            for (int l = 1; l < network.Sizes.Count; l++)
            {
                text.Append(CultureInfo.InvariantCulture, $"    W{l}: _NDArray[_np.float32]  # {network.Sizes[l - 1]}×{network.Sizes[l]}\n");
                text.Append(CultureInfo.InvariantCulture, $"    b{l}: _NDArray[_np.float32]  # {network.Sizes[l]}\n");
            }
        }

        return text.ToString();
    }
}
