namespace AotBackprop.Generator.Nodes;

/// <summary>Nodes by short names, for code that reads as the loops that it makes.</summary>
internal static class Code
{
    public static readonly Expression Zero = new ZeroVector();

    public static readonly Statement Blank = new BlankLine();

    public static Address At(string pointer, long offset = 0) => new Address(pointer).Plus(offset);

    /// <summary>A number, so much larger.</summary>
    public static Expression Plus(Expression number, int by) =>
        by == 0 ? number : by < 0 ? number - -by : number + by;

    public static Declare Vector(string name, Expression? value = null) =>
        new(DataType.Vector, [new Named(name, value)]);

    public static Declare Vectors(params IEnumerable<Named> variables) => new(DataType.Vector, new(variables));

    public static Declare Vectors(IEnumerable<string> names) => Vectors(names.Select(name => new Named(name)));

    /// <summary>An element of an array by its number.</summary>
    public static Element Item(string array, long index) => new(new Address(array, [new Term(index, 1)], 0));

    public static Declare Pointer(string name, Address at) => new(DataType.FloatPointer, name, at);

    public static Declare Integers(string name, Address at) => new(DataType.IntPointer, name, at);

    public static Declare Size(string name, Expression value) => new(DataType.Size, name, value);

    public static Assign Set(Expression target, Expression value) => new(target, value);

    public static MultiplyAdd MultiplyAdd(Expression a, Expression b, Expression c) => new(a, b, c);

    /// <summary>Statements on one line.</summary>
    public static Together Line(params IEnumerable<Statement> body) => new(new(body));

    /// <summary>Statements that stand where a condition on the plan holds.</summary>
    public static IEnumerable<Statement> OnlyIf(bool holds, params IEnumerable<Statement> body) => holds ? body : [];

    public static Scope Scope(params IEnumerable<Statement> body) => new(new(body));

    /// <summary>nint n = 0; n &lt; N: over the samples, so many at a time.</summary>
    public static For Samples(long step, params IEnumerable<Statement> body) =>
        For.Up(DataType.Size, "n", 0, "N", step, body);

    /// <summary>int j = first; j &lt; end: over columns or inputs.</summary>
    public static For Count(
        string index, Expression from, Expression to, long step, params IEnumerable<Statement> body) =>
        For.Up(DataType.Int, index, from, to, step, body);

    /// <summary>nint k = first; k &lt; end: over a number of entries that is not known before.</summary>
    public static For Each(
        string index, Expression from, Expression to, long step, params IEnumerable<Statement> body) =>
        For.Up(DataType.Size, index, from, to, step, body);

    public static If When(Expression condition, params IEnumerable<Statement> then) => new(condition, new(then));

    /// <summary>first, first + step, … below the end.</summary>
    public static IEnumerable<int> Steps(int first, int end, int step)
    {
        for (int i = first; i < end; i += step)
        {
            yield return i;
        }
    }

    /// <summary>0, 1, … below the end, so many at a time.</summary>
    public static IEnumerable<int[]> Parts(int end, int size) =>
        Steps(0, end, size).Select(first => Enumerable.Range(first, Math.Min(size, end - first)).ToArray());

    public static Compare Below(Expression left, Expression right) => new("<", left, right);

    public static Compare Equal(Expression left, Expression right) => new("==", left, right);

    public static Run Run(Callee method, params IEnumerable<Expression> arguments) => new(Call(method, arguments));

    public static Call Call(Callee method, params IEnumerable<Expression> arguments) => new(method, new(arguments));

    /// <summary>A method of the runtime library.</summary>
    public static Callee Runtime(string type, string method) => new(type, method);

    /// <summary>The sums of a number of chunks added in their order: ((s + sb) + sc) + sd.</summary>
    public static Expression Joined(IEnumerable<Expression> sums) => sums.Aggregate((joined, sum) => joined + sum);

    public static Expression Largest(IEnumerable<Expression> vectors) =>
        vectors.Aggregate((most, next) => VectorOps.Max.Of(most, next));

    /// <summary>The name of one of the sums in which a long one is formed: s, sb, sc, sd.</summary>
    public static string Chunk(string sum, int chunk) => chunk == 0 ? sum : $"{sum}{(char)('a' + chunk)}";
}
