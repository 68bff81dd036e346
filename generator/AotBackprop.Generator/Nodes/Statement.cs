using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Nodes;

/// <summary>A step of a kernel.</summary>
internal abstract record Statement
{
    /// <summary>Statements and what is within them, at any depth.</summary>
    public static List<Statement> AllIn(IEnumerable<Statement> body)
    {
        List<Statement> all = [];
        Add(body);
        return all;

        void Add(IEnumerable<Statement> statements)
        {
            foreach (Statement statement in statements)
            {
                all.Add(statement);
                statement.WithBodies(within =>
                {
                    Add(within);
                    return within;
                });
            }
        }
    }

    /// <summary>The same, with what is made of each body within.</summary>
    public virtual Statement WithBodies(Func<EquatableArray<Statement>, EquatableArray<Statement>> make) => this;
}

/// <summary>A statement around others.</summary>
internal abstract record Block(EquatableArray<Statement> Body) : Statement
{
    public override Statement WithBodies(Func<EquatableArray<Statement>, EquatableArray<Statement>> make) =>
        this with { Body = make(Body) };
}

/// <summary>A number or a pointer with a name.</summary>
internal sealed record Declare(DataType Type, EquatableArray<Named> Variables) : Statement
{
    public Declare(DataType type, string name, Expression value)
        : this(type, new([new Named(name, value)]))
    {
    }
}

/// <summary>A variable, and what it begins with where it begins with anything.</summary>
internal sealed record Named(string Name, Expression? Value = null);

/// <summary>A variable or a number in memory gets a value.</summary>
internal sealed record Assign(Expression Target, Expression Value) : Statement;

/// <summary>A variable is added to. A pointer or an index goes on.</summary>
internal sealed record Add(string Target, Expression Value) : Statement;

/// <summary>A vector to memory: all of it, or where Count is not 0 its first lanes.</summary>
internal sealed record Store(Address At, Expression Value, int Count = 0) : Statement;

/// <summary>
/// Z becomes A = f(Z) where it lies, in some vectors of some rows, and f′(Z) is written where it is kept.
/// </summary>
internal sealed record Activate(string Function, Address At, Address? Slope, Extent Extent) : Statement;

/// <summary>Some vectors of some rows, which are so many floats apart.</summary>
internal sealed record Extent(int Rows, long Stride, int Vectors);

/// <summary>W ← update(W, dW), of a vector or its first lanes.</summary>
internal sealed record Update(Address At, Expression Gradient, int Count = 0) : Statement
{
    /// <summary>
    /// The vector that has −η in every lane, of a kernel that knows no update but W ← W − η dW; else null.
    /// </summary>
    public string? Rates { get; init; }
}

/// <summary>A loop while a condition holds.</summary>
internal sealed record For(Declare? Start, Expression Condition, Add? Next, EquatableArray<Statement> Body)
    : Block(Body)
{
    public string Index => Start?.Variables[0].Name ?? Next!.Target;

    /// <summary>Over an index from a start up to a limit.</summary>
    public static For Up(
        DataType type, string index, Expression from, Expression to, long step, params IEnumerable<Statement> body) =>
        new(new Declare(type, index, from), new Compare("<", index, to), new Add(index, step), new(body));
}

/// <summary>A loop along a linked list: from a head to the entry that has no next.</summary>
internal sealed record Follow(string Index, Expression Head, string Next, EquatableArray<Statement> Body)
    : Block(Body);

internal sealed record If(
    Expression Condition, EquatableArray<Statement> Then, EquatableArray<Statement> Else = default)
    : Statement
{
    public override Statement WithBodies(Func<EquatableArray<Statement>, EquatableArray<Statement>> make) =>
        this with { Then = make(Then), Else = make(Else) };
}

/// <summary>Statements whose variables nobody else sees.</summary>
internal sealed record Scope(EquatableArray<Statement> Body) : Block(Body);

/// <summary>Statements that belong on one line.</summary>
internal sealed record Together(EquatableArray<Statement> Body) : Statement;

/// <summary>A call for what it does.</summary>
internal sealed record Run(Call Call) : Statement;

internal sealed record Return(Expression? Value = null) : Statement;

/// <summary>On to the next round of the loop.</summary>
internal sealed record Continue : Statement;

/// <summary>An equation or a reason, for the reader.</summary>
internal sealed record Note(string Text) : Statement;

/// <summary>A blank line, where there is none yet.</summary>
internal sealed record BlankLine : Statement;

/// <summary>All threads that share the batch meet here.</summary>
internal sealed record Wait : Statement;

/// <summary>
/// The thread's own of a number of rows or columns, in whole tiles: from First up to End, which the statement declares
/// or sets anew.
/// </summary>
internal sealed record Divide(int Count, int Tile, string First, string End, bool Declares = true) : Statement
{
    /// <summary>The layer of whose dW they are, of which only some may be wanted; else 0.</summary>
    public int GradientOf { get; init; }

    /// <summary>Whether they are rows of that dW, not columns.</summary>
    public bool AreRows { get; init; }
}

/// <summary>One of several alternatives, by the share of zeros among the inputs.</summary>
internal sealed record ByZeros(
    EquatableArray<Statement> NearlyAll, EquatableArray<Statement> Many, EquatableArray<Statement> Few)
    : Statement
{
    public override Statement WithBodies(Func<EquatableArray<Statement>, EquatableArray<Statement>> make) =>
        new ByZeros(make(NearlyAll), make(Many), make(Few));
}
