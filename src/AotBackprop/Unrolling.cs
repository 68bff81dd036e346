namespace AotBackprop;

/// <summary>The form in which the passes of a network are written.</summary>
public enum Unrolling
{
    /// <summary>Each pass of each layer in the form that suits its size.</summary>
    Auto = 0,

    /// <summary>
    /// Every pass as straight-line code with no loop but the one over samples. Refused for networks of more than
    /// 16,384 weights, whose text would be too long to compile well.
    /// </summary>
    Full = 1,

    /// <summary>Every pass as loops of constant trip count over a fully unrolled register tile.</summary>
    Tiled = 2,
}
