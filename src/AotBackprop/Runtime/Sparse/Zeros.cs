using System.ComponentModel;

namespace AotBackprop.Runtime;

/// <summary>The density of a batch of inputs. It selects the kernels of the first layer, and changes no result.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum Zeros
{
    /// <summary>Dense: every product is computed.</summary>
    Few,

    /// <summary>Column-sparse: each register tile skips the columns in which all its rows are 0.</summary>
    Many,

    /// <summary>Sparse: the inputs are held in CSR form; see <see cref="Entries"/>.</summary>
    NearlyAll,
}
