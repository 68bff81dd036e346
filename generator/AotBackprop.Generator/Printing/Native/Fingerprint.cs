using System.Globalization;
using System.Text;
using AotBackprop.Generator.Model;
using AotBackprop.Native;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>
/// A number that is the same where a network has the same interface, name, sizes and functions: a program that was
/// compiled for other sizes than its library has can tell before it calls.
/// </summary>
internal static class Fingerprint
{
    /// <summary>FNV-1a, of 64 bits, of the text.</summary>
    public static ulong Of(NetworkSpec spec)
    {
        const ulong Basis = 14695981039346656037, Prime = 1099511628211;
        ulong hash = Basis;
        foreach (byte one in Encoding.ASCII.GetBytes(Text(spec)))
        {
            hash = unchecked((hash ^ one) * Prime);
        }

        return hash;
    }

    /// <summary>As in abi=2;digits=64-32-10;relu;softmax.</summary>
    public static string Text(NetworkSpec spec) =>
        $"abi={NativeAbi.Version};{spec.ExportPrefix}={string.Join("-", spec.Sizes)};" +
        $"{Activations.NameOf(spec.Activation)};{Outputs.NameOf(spec.Output)}{Delta(spec)}";

    private static string Delta(NetworkSpec spec) => spec.Output != Output.Huber ? ""
        : $"={spec.HuberDelta.ToString("R", CultureInfo.InvariantCulture)}";
}
