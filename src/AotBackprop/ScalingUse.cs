namespace AotBackprop;

/// <summary>What a load does with a file whose network wants scaled inputs, which the load itself does not scale.</summary>
public enum ScalingUse
{
    /// <summary>Such a file is refused.</summary>
    Refuse = 0,

    /// <summary>It is loaded; whoever uses the network scales its inputs, or knows why not.</summary>
    Ignore = 1,
}
