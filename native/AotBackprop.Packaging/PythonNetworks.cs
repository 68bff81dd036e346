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
        string[] kinds = [.. table.Networks.Select(KindOf).Distinct().Order(StringComparer.Ordinal)];
        text.Append(CultureInfo.InvariantCulture, $"from ._kinds import {string.Join(", ", kinds.Select(kind => $"{kind} as _{kind}"))}\n\n");
        string all = string.Join(", ", table.Networks.Select(n => $"\"{n.Name}\""));
        text.Append(CultureInfo.InvariantCulture, $"__all__ = [{all}]\n");
        foreach (NetworkEntry network in table.Networks)
        {
            string sizes = string.Join("-", network.Sizes);
            string prefix = network.Prefix;
            text.Append(CultureInfo.InvariantCulture, $"\n\nclass {network.Name}(_{KindOf(network)}, prefix=\"{prefix}\"):\n");
            text.Append(CultureInfo.InvariantCulture, $"    \"\"\"A network of {sizes}, with its training; see Network.\n\n");
            for (int l = 1; l < network.Sizes.Count; l++)
            {
                string input = l == 1 ? "X" : string.Create(CultureInfo.InvariantCulture, $"A{l - 1}");
                string function = l == network.Sizes.Count - 1 ? network.Output : network.Activation;
                text.Append(CultureInfo.InvariantCulture, $"    A{l} = {function}({input} W{l} + b{l}), N×{network.Sizes[l]}\n");
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

    // The class of _kinds.py that a network is of.
    private static string KindOf(NetworkEntry network) => network.Output switch
    {
        "softmax" => "Classifier",
        "sigmoid" when network.Sizes[^1] == 1 => "Classifier",
        "sigmoid" => "MultiLabelClassifier",
        _ => "Regressor",
    };
}
