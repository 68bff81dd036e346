using System.ComponentModel;

namespace AotBackprop.Runtime;

/// <summary>How many inputs of a batch are 0. It decides how the first layer multiplies with them, and no result.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum Zeros
{
    /// <summary>So few that every product is formed.</summary>
    Few,

    /// <summary>So many that each register tile looks for what it can skip.</summary>
    Many,

    /// <summary>So many that the inputs are listed which are not 0; see <see cref="Entries"/>.</summary>
    NearlyAll,
}
