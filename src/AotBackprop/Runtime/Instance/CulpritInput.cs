namespace AotBackprop.Runtime;

/// <summary>Which input an exception is about, as numbers beside its text: for whoever knows the sample by another name.</summary>
/// <param name="Row">Its sample, from 0.</param>
/// <param name="Column">Its place in the sample, from 0.</param>
internal readonly record struct CulpritInput(int Row, int Column)
{
    private static readonly object s_key = typeof(CulpritInput).FullName!;

    /// <summary>Tells of it.</summary>
    public void AddTo(Exception exception) => exception.Data[s_key] = this;

    /// <summary>What was told; null where nothing was.</summary>
    public static CulpritInput? Of(Exception exception) => exception.Data[s_key] as CulpritInput?;

    /// <summary>As the text of the exception has it.</summary>
    public override string ToString() => $"X[{Row}, {Column}]";
}
