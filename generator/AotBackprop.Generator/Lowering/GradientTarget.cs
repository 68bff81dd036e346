using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// What becomes of each finished sum of a parameter's gradient: it is stored, or the parameter is updated with it from
/// the registers in which it was summed.
/// </summary>
internal sealed record GradientTarget
{
    private readonly string _parameter;

    private GradientTarget(string parameter, bool isUpdated)
    {
        _parameter = parameter;
        IsUpdated = isUpdated;
    }

    /// <summary>dW1 of W1.</summary>
    public static GradientTarget Stored(string parameter) => new(parameter, isUpdated: false);

    /// <summary>W1 ← update(W1, dW1).</summary>
    public static GradientTarget Applied(string parameter) => new(parameter, isUpdated: true);

    /// <summary>Whether the parameter is updated, by a kernel that is generic over the update.</summary>
    public bool IsUpdated { get; }

    /// <summary>What is written: dW1, or W1.</summary>
    public string Name => IsUpdated ? _parameter : $"d{_parameter}";

    /// <summary>What the kernels are named after.</summary>
    public string Verb => IsUpdated ? "Descend" : "Gradient";

    public IEnumerable<Parameter> Parameters =>
        [.. WhereUpdated(new Parameter(DataType.Update, "given")), new(DataType.FloatPointer, Name)];

    /// <summary>What a kernel hands on to another for the same parameters.</summary>
    public IEnumerable<Expression> Arguments => [.. WhereUpdated(new Reference("given", ReferenceKind.In)), Name];

    /// <summary>How a kernel begins. No store to W can change a copy of the update: registers may keep it.</summary>
    public IEnumerable<Statement> Start => WhereUpdated(new Declare(DataType.UpdateCopy, "update", "given"));

    /// <summary>What is said before the sums are used.</summary>
    public IEnumerable<Statement> Equation => WhereUpdated(new Note(Notation.AnyUpdate(_parameter)));

    /// <summary>What only an update needs.</summary>
    public IEnumerable<T> WhereUpdated<T>(params IEnumerable<T> parts) => IsUpdated ? parts : [];

    /// <summary>What only a stored gradient needs.</summary>
    public IEnumerable<T> WhereStored<T>(params IEnumerable<T> parts) => IsUpdated ? [] : parts;

    /// <summary>The use of a sum: of a vector, or where a count is given of its first lanes.</summary>
    public Statement Use(Address at, Expression sum, int count) =>
        IsUpdated ? new Update(at, sum, count) : new Store(at, sum, count);
}
