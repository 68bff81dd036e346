namespace AotBackprop.Generator.Nodes;

/// <summary>
/// An operation on vectors. Each is a method of the runtime library's Lanes class of the width, so that a kernel reads
/// the same for all widths.
/// </summary>
/// <param name="Name">The method.</param>
internal sealed record Op(string Name)
{
    public Apply Of(params Expression[] operands) => new(this, new(operands));
}
