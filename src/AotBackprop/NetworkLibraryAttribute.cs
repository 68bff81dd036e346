namespace AotBackprop;

/// <summary>
/// Names the shared library of a project whose networks have a <see cref="NetworkExportAttribute"/>. Left away, it is
/// <c>aotbackprop</c>. Libraries of different names live in one process.
/// </summary>
/// <param name="name">A C identifier: the prefix of the library's own functions and the name of its header.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class NetworkLibraryAttribute(string name) : Attribute
{
    /// <summary>The name of the library.</summary>
    public string Name { get; } = name;
}
