namespace AotBackprop.Data;

/// <summary>How inputs are scaled.</summary>
public enum ScalingKind
{
    /// <summary>All are divided by a number.</summary>
    Factor = 0,

    /// <summary>Each column to mean 0 and deviation 1: (x − mean)/deviation.</summary>
    Standard = 1,

    /// <summary>Each column to 0 … 1: (x − minimum)/(maximum − minimum).</summary>
    MinMax = 2,
}
