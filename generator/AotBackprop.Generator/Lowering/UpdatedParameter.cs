using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// A parameter that a kernel, generic over the update, updates with each finished sum of its gradient: W1 ← update(W1,
/// dW1), from the registers in which dW1 was summed.
/// </summary>
/// <param name="Name">W1, b1.</param>
internal sealed record UpdatedParameter(string Name)
{
    public IEnumerable<Parameter> Parameters => [new(DataType.Update, "given"), new(DataType.FloatPointer, Name)];

    /// <summary>What a kernel hands on to another for the same parameter.</summary>
    public IEnumerable<Expression> Arguments => [new Reference("given", ReferenceKind.In), Name];

    /// <summary>How a kernel begins. No store to W can change a copy of the update: registers may keep it.</summary>
    public static Statement Start => new Declare(DataType.UpdateCopy, "update", "given");

    /// <summary>What is said before the sums are used.</summary>
    public Statement Equation => new Note(Notation.AnyUpdate(Name));
}
