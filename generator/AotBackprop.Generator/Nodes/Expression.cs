using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Nodes;

/// <summary>A value in a kernel: a vector of floats, a number, an index or an address.</summary>
internal abstract record Expression
{
    /// <summary>A name stands for its variable.</summary>
    public static implicit operator Expression(string name) => new Variable(name);

    public static implicit operator Expression(int value) => new Constant(value);

    public static implicit operator Expression(long value) => new Constant(value);

    public static Expression operator +(Expression left, Expression right) => new Binary('+', left, right);

    public static Expression operator -(Expression left, Expression right) => new Binary('-', left, right);

    public static Expression operator *(Expression left, Expression right) => new Binary('*', left, right);

    public static Expression operator /(Expression left, Expression right) => new Binary('/', left, right);
}

/// <summary>A variable, a parameter or a member of one: z00, n, part.First.</summary>
internal sealed record Variable : Expression
{
    public Variable(string name) =>
        Name = IsName(name) ? name : throw new ArgumentException($"Wanted a name, not '{name}'.", nameof(name));

    public string Name { get; }

    /// <summary>Whether a text is a name or names with points between, and so no expression of its own.</summary>
    public static bool IsName(string text) =>
        text.Split('.').All(
            part => part.Length > 0 && !char.IsDigit(part[0]) && part.All(c => char.IsLetterOrDigit(c) || c == '_'));
}

/// <summary>A whole number.</summary>
internal sealed record Constant(long Value) : Expression;

/// <summary>A whole number with every bit turned: ~15 keeps a multiple of 16.</summary>
internal sealed record Complement(long Value) : Expression;

/// <summary>A float that a kernel names: 1, or minus infinity.</summary>
internal sealed record Number(float Value) : Expression;

internal sealed record ZeroVector : Expression;

/// <summary>Two operands of +, −, ·, / or &amp;: vectors or numbers.</summary>
internal sealed record Binary(char Operator, Expression Left, Expression Right) : Expression;

/// <summary>A comparison: &lt;, &lt;=, &gt;, &gt;=, == or !=.</summary>
internal sealed record Compare(string Operator, Expression Left, Expression Right) : Expression;

internal sealed record And(Expression Left, Expression Right) : Expression;

internal sealed record Not(Expression Condition) : Expression;

internal sealed record Choose(Expression Condition, Expression Then, Expression Else) : Expression;

/// <summary>The smaller of two whole numbers.</summary>
internal sealed record Smaller(Expression Left, Expression Right) : Expression;

/// <summary>The larger of two floats.</summary>
internal sealed record Larger(Expression Left, Expression Right) : Expression;

/// <summary>A whole number, not below 0, as an unsigned one as wide as a pointer.</summary>
internal sealed record Unsigned(Expression Value) : Expression;

/// <summary>A whole number as an int, which it fits.</summary>
internal sealed record Narrow(Expression Value) : Expression;

/// <summary>Whether the update leaves a parameter as it is where its gradient is 0.</summary>
internal sealed record LeavesWhereGradientIsZero : Expression;

/// <summary>Whether an update takes a batch of one sample, and not a last block of one.</summary>
internal sealed record IsOneSample(Expression Count) : Expression;

/// <summary>A pointer, some elements on: base + index·stride + … + offset.</summary>
internal sealed record Address(string Base, EquatableArray<Term> Terms, long Offset) : Expression
{
    public Address(string name)
        : this(name, new([]), 0)
    {
    }

    public static implicit operator Address(string name) => new(name);

    /// <summary>So many elements further.</summary>
    public Address Plus(long offset) => this with { Offset = Offset + offset };

    /// <summary>So many times a stride further.</summary>
    public Address Row(Expression index, long stride = 1) =>
        index is Constant { Value: var value }
            ? Plus(value * stride)
            : this with { Terms = new(Terms.Append(new Term(index, stride))) };
}

/// <summary>A part of an address: index · stride.</summary>
internal sealed record Term(Expression Index, long Stride);

/// <summary>A vector from memory: all of it, or where Count is not 0 the first lanes, then zeros.</summary>
internal sealed record Load(Address At, int Count = 0) : Expression;

/// <summary>Lanes of a vector in another order: in each the one of a number.</summary>
internal sealed record Shuffle(Expression Vector, EquatableArray<int> Lanes) : Expression;

/// <summary>Lanes of one vector where so marked, and of another elsewhere.</summary>
internal sealed record Blend(EquatableArray<bool> Marks, Expression Marked, Expression Others) : Expression;

/// <summary>A float from memory, in every lane.</summary>
internal sealed record Broadcast(Address At) : Expression;

/// <summary>a·b + c, rounded once where the processor can.</summary>
internal sealed record MultiplyAdd(Expression A, Expression B, Expression C) : Expression;

/// <summary>An operation of the vector vocabulary.</summary>
internal sealed record Apply(Op Op, EquatableArray<Expression> Operands) : Expression;

/// <summary>A number in memory, as a value or to be assigned to.</summary>
internal sealed record Element(Address At) : Expression;

/// <summary>
/// An index that comes from data: at least 0 and below a limit, which is null where the kernel doesn't know it: the
/// rows of entries are below the samples of their batch.
/// </summary>
internal sealed record Listed(Address At, Expression? Limit, bool Widens = false) : Expression;

/// <summary>The result of a method.</summary>
internal sealed record Call(Callee Method, EquatableArray<Expression> Arguments) : Expression;

/// <summary>A new value of the declared type.</summary>
internal sealed record Construct(EquatableArray<Expression> Arguments) : Expression;

/// <summary>A constant of the runtime library.</summary>
internal sealed record LibraryConstant(string Class, string Name) : Expression;

/// <summary>A variable handed on by reference.</summary>
internal sealed record Reference(string Name, ReferenceKind Kind) : Expression;

internal enum ReferenceKind
{
    In,
    Ref,
}

/// <summary>What is called: a kernel of the same width, or a method of the runtime library.</summary>
/// <param name="Class">The class in the runtime library, or empty.</param>
/// <param name="Name">The method.</param>
internal sealed record Callee(string Class, string Name)
{
    public static implicit operator Callee(string kernel) => new("", kernel);
}

/// <summary>Whether an undivided run is this thread's, in turns, and the gradient of its layer is wanted.</summary>
internal sealed record OwnTurn(int Layer, int Number) : Expression;
