[assembly: System.CLSCompliant(true)]
[assembly: System.Runtime.InteropServices.ComVisible(false)]

namespace Strict
{
    /// <summary>Two classes of points.</summary>
    [AotBackprop.Network(5, 16, 2)]
    public sealed partial class Points;

    /// <summary>The same with functions for C, and members of its own.</summary>
    [AotBackprop.Network(5, 2)]
    [AotBackprop.NetworkExport("lines")]
    public sealed partial class Lines
    {
        /// <summary>A name.</summary>
        public string? Name { get; set; }
    }
}
