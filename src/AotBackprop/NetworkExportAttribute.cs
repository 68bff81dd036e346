namespace AotBackprop;

/// <summary>
/// Makes the generator emit C functions for a network, and its C header: published with Native AOT as a shared
/// library, the project can be called from C, Python and whatever else calls C.
/// </summary>
/// <param name="prefix">
/// What each C name begins with: <c>digits</c> gives <c>digits_train_step</c> and <c>digits.h</c>. A C identifier. It
/// is not the name of a system header, and gives no name in C that another network has.
/// </param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NetworkExportAttribute(string prefix) : Attribute
{
    /// <summary>What each C name begins with.</summary>
    public string Prefix { get; } = prefix;
}
