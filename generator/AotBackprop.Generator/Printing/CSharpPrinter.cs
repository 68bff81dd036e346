using System.Globalization;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Printing;

/// <summary>Prints kernels as C#, for one vector width.</summary>
internal sealed class CSharpPrinter(SourceWriter writer, int bits)
{
    /// <summary>The constraint of a method that is generic over the update.</summary>
    private const string UpdateConstraint = " where TUpdate : struct, IUpdate";

    // Whether the kernel at hand is written without the vocabulary of the width.
    private bool _isDirect;

    /// <summary>Methods, with a blank line between them.</summary>
    public void Print(IEnumerable<Kernel> kernels)
    {
        foreach (Kernel kernel in kernels)
        {
            writer.Line();
            Print(kernel);
        }
    }

    public void Print(Kernel kernel)
    {
        _isDirect = kernel.IsDirect;
        foreach (string note in kernel.Notes)
        {
            writer.Line($"// {note}");
        }

        if (kernel.Compilation != Compilation.Free)
        {
            writer.Line(kernel.Compilation == Compilation.InFull
                ? "[MethodImplAttribute(Kernel)]"
                : "[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]");
        }

        string access = kernel.IsPublic ? "public" : "private";
        string returns = kernel.Returns is { } type ? TypeName(type) : "void";
        string parameters = string.Join(", ", kernel.Parameters.Select(p => $"{TypeName(p.Type)} {p.Name}"));
        string generic = kernel.Updates ? "<TUpdate>" : "", constraint = kernel.Updates ? UpdateConstraint : "";
        using (writer.Block($"{access} static {returns} {kernel.Name}{generic}({parameters}){constraint}"))
        {
            Print(kernel.Body);
        }
    }

    public void Print(IEnumerable<Statement> body)
    {
        foreach (Statement statement in body)
        {
            Print(statement);
        }
    }

    private void Print(Statement statement)
    {
        switch (statement)
        {
            case BlankLine:
                writer.Line();
                break;
            case Note note:
                writer.Line($"// {note.Text}");
                break;
            case For loop:
                PrintBlock(
                    $"for ({(loop.Start is { } start ? Declaration(start) : "")}; {Text(loop.Condition)};" +
                    $"{(loop.Next is { } next ? $" {Step(next)}" : "")})",
                    loop.Body);
                break;
            case Follow chain:
                string e = chain.Index;
                PrintBlock($"for (nint {e} = {Text(chain.Head)}; {e} >= 0; {e} = {chain.Next}[{e}])", chain.Body);
                break;
            case If choice:
                PrintBlock($"if ({Text(choice.Condition)})", choice.Then);
                if (choice.Else.Count > 0)
                {
                    PrintBlock("else", choice.Else);
                }

                break;
            case Scope scope:
                PrintBlock("", scope.Body);
                break;
            case ByZeros choice:
                Print(choice);
                break;
            default:
                writer.Line(Simple(statement));
                break;
        }
    }

    private void Print(ByZeros choice)
    {
        (string Label, EquatableArray<Statement> Body)[] cases =
            [("case Zeros.NearlyAll:", choice.NearlyAll), ("case Zeros.Many:", choice.Many), ("default:", choice.Few)];
        using (writer.Block("switch (zeros)"))
        {
            foreach ((string label, EquatableArray<Statement> body) in cases)
            {
                writer.Line();
                using (writer.Labelled(label))
                {
                    Print(body);
                    writer.Line("break;");
                }
            }
        }
    }

    private void PrintBlock(string head, IEnumerable<Statement> body)
    {
        using (writer.Block(head))
        {
            Print(body);
        }
    }

    private string Simple(Statement statement) => statement switch
    {
        Together line => string.Join(" ", line.Body.Select(Simple)),
        Declare declared => Declaration(declared) + ";",
        Assign assigned => $"{Text(assigned.Target)} = {Text(assigned.Value)};",
        Add added => $"{added.Target} += {Text(added.Value)};",
        Store { Count: 0 } stored when _isDirect => $"V.Store({Text(stored.Value)}, {Text(stored.At)});",
        Store { Count: 0 } stored => $"Store({Text(stored.At)}, {Text(stored.Value)});",
        Store stored => $"StorePart({Text(stored.At)}, {stored.Count}, {Text(stored.Value)});",
        Activate { Slope: { } slope } activated =>
            $"{activated.Function}({Text(activated.At)}, {Text(slope)}, {Text(activated.Extent)});",
        Activate activated => $"{activated.Function}({Text(activated.At)}, {Text(activated.Extent)});",
        Update { Rates: { } rates, Count: 0 } descent when _isDirect =>
            $"V.Store(V.MultiplyAddEstimate({rates}, {Text(descent.Gradient)}, V.Load({Text(descent.At)})), " +
            $"{Text(descent.At)});",
        Update { Rates: { } rates, Count: 0 } descent =>
            $"Descend({Text(descent.At)}, {rates}, {Text(descent.Gradient)});",
        Update { Rates: { } rates } descent =>
            $"DescendPart({Text(descent.At)}, {descent.Count}, {rates}, {Text(descent.Gradient)});",
        Update { Count: 0 } updated => $"Update(in update, {Text(updated.At)}, {Text(updated.Gradient)});",
        Update updated => $"UpdatePart(in update, {Text(updated.At)}, {updated.Count}, {Text(updated.Gradient)});",
        Run run => $"{Text(run.Call)};",
        Return { Value: { } value } => $"return {Text(value)};",
        Return => "return;",
        Continue => "continue;",
        Wait => "part.Wait();",
        Divide divide => $"{Share(divide)}, {divide.Tile}, {Out(divide, divide.First)}, {Out(divide, divide.End)});",
        _ => throw new InvalidOperationException($"A statement that is not printed: {statement.GetType().Name}."),
    };

    private static string Text(Extent extent) => $"{extent.Rows}, {extent.Stride}, {extent.Vectors}";

    private static string Share(Divide divide) => divide switch
    {
        { GradientOf: 0 } => $"part.Share({divide.Count}",
        { AreRows: true } => $"part.ShareRows<TUpdate>({divide.GradientOf}, {divide.Count}",
        _ => $"part.ShareColumns<TUpdate>({divide.GradientOf}, {divide.Count}",
    };

    private static string Out(Divide divide, string name) => divide.Declares ? $"out int {name}" : $"out {name}";

    private static string Step(Add next) =>
        next.Value is Constant { Value: 1 } ? $"{next.Target}++" : $"{next.Target} += {Number(next.Value)}";

    private static string Number(Expression step) => step is Constant constant
        ? constant.Value.ToString(CultureInfo.InvariantCulture)
        : throw new InvalidOperationException("A loop has a constant step.");

    private string Declaration(Declare declared) =>
        $"{TypeName(declared.Type)} {string.Join(", ", declared.Variables.Select(v => Declaration(declared.Type, v)))}";

    private string Declaration(DataType type, Named variable) => variable.Value switch
    {
        null => variable.Name,
        ZeroVector when type == DataType.Bytes256 => $"{variable.Name} = {TypeName(type)}.Zero",
        { } value => $"{variable.Name} = {Text(value)}",
    };

    private string TypeName(DataType type) => type switch
    {
        DataType.Vector => $"Vector{bits}<float>",
        DataType.VectorReference => $"ref Vector{bits}<float>",
        DataType.Bytes256 => "Vector256<uint>",
        DataType.Float => "float",
        DataType.DoubleOut => "out double",
        DataType.Bool => "bool",
        DataType.Int => "int",
        DataType.Size => "nint",
        DataType.FloatPointer => "float*",
        DataType.IntPointer => "int*",
        DataType.DoublePointer => "double*",
        DataType.Update => "in TUpdate",
        DataType.UpdateCopy => "TUpdate",
        DataType.Workspace => "Workspace",
        DataType.WorkspaceReference => "in Workspace",
        DataType.Part => "in Part",
        DataType.Zeros => "Zeros",
        DataType.TargetsCopy => "BatchTargets",
        DataType.Targets => "in BatchTargets",
        DataType.EntriesCopy => "Entries",
        DataType.Entries => "in Entries",
        _ => throw new InvalidOperationException($"A type that is not printed: {type}."),
    };

    private string Direct => _isDirect ? "V." : "";

    private string Text(Expression expression) => expression switch
    {
        Variable variable => variable.Name,
        Constant constant => constant.Value.ToString(CultureInfo.InvariantCulture),
        Complement complement => $"~{complement.Value.ToString(CultureInfo.InvariantCulture)}",
        Nodes.Number number => Text(number.Value),
        ZeroVector => "Zero",
        Binary binary =>
            $"{Operand(binary, binary.Left, isLeft: true)} {binary.Operator} " +
                $"{Operand(binary, binary.Right, isLeft: false)}",
        Compare compare => $"{Text(compare.Left)} {compare.Operator} {Text(compare.Right)}",
        And and => $"{Text(and.Left)} && {Text(and.Right)}",
        Not { Condition: Compare or And } not => $"!({Text(not.Condition)})",
        Not not => $"!{Text(not.Condition)}",
        Choose choose => $"{Text(choose.Condition)} ? {Text(choose.Then)} : {Text(choose.Else)}",
        Narrow narrow => $"(int){Factor(narrow.Value)}",
        LeavesWhereGradientIsZero => "TUpdate.LeavesWhereGradientIsZero",
        IsOneSample one => $"Part.IsOneSample<TUpdate>({Text(one.Count)})",
        Smaller smaller => $"Math.Min({Text(smaller.Left)}, {Text(smaller.Right)})",
        Larger larger => $"Math.Max({Text(larger.Left)}, {Text(larger.Right)})",
        Unsigned unsigned => $"(nuint){Factor(unsigned.Value)}",
        Address address => Text(address),
        Load { Count: 0 } load => $"{Direct}Load({Text(load.At)})",
        Load load => $"LoadPart({Text(load.At)}, {load.Count})",
        Broadcast broadcast when _isDirect => $"V.Create({Element(broadcast.At)})",
        Broadcast broadcast => $"Broadcast({Text(broadcast.At)})",
        Shuffle shuffle when LanesOf(shuffle).All(lane => lane == 0) =>
            $"V.Create({Text(shuffle.Vector)}.ToScalar())",
        Shuffle shuffle =>
            $"V.Shuffle({Text(shuffle.Vector)}, V.Create({string.Join(", ", LanesOf(shuffle))}))",
        Blend blend =>
            $"Blend(0b{string.Concat(blend.Marks.Reverse().Select(mark => mark ? "1" : "0"))}, " +
            $"{Text(blend.Marked)}, {Text(blend.Others)})",
        MultiplyAdd fused =>
            $"{(_isDirect ? "V.MultiplyAddEstimate" : "MultiplyAdd")}" +
            $"({Text(fused.A)}, {Text(fused.B)}, {Text(fused.C)})",
        Apply apply => $"{apply.Op.Name}({string.Join(", ", apply.Operands.Select(Text))})",
        Element element => Element(element.At),
        Listed listed => $"{(listed.Widens ? "(nint)" : "")}{Element(listed.At)}",
        Call call => $"{Name(call.Method)}({string.Join(", ", call.Arguments.Select(Text))})",
        Construct made => $"new({string.Join(", ", made.Arguments.Select(Text))})",
        LibraryConstant constant => $"{constant.Class}.{constant.Name}",
        OwnTurn turn => $"part.Has<TUpdate>({turn.Layer}, {turn.Number})",
        Reference reference => $"{(reference.Kind == ReferenceKind.In ? "in" : "ref")} {reference.Name}",
        _ => throw new InvalidOperationException($"An expression that is not printed: {expression.GetType().Name}."),
    };

    private string Operand(Binary parent, Expression operand, bool isLeft)
    {
        // A product or quotient goes on from the left without parentheses, as in N / 8 * 8.
        bool isPlain = operand is not (Binary or Choose);
        bool goesOn = isLeft && parent.Operator is '*' or '/' && operand is Binary { Operator: '/' };
        return isPlain || goesOn ? Text(operand) : $"({Text(operand)})";
    }

    // p, &p[3], &X[n * 64]: of p + 3 the compiler weighs every addition that there is, half the time of a build.
    private string Text(Address address) =>
        Index(address) is { } index ? $"&{address.Base}[{Text(index)}]" : address.Base;

    // *p, p[3], labels[n], y[j - 1]
    private string Element(Address at) => Index(at) is { } index ? $"{at.Base}[{Text(index)}]" : $"*{at.Base}";

    /// <summary>How many elements from its base an address lies; null at the base itself.</summary>
    private static Expression? Index(Address at)
    {
        Expression[] parts =
        [
            .. at.Terms.Select(term => term.Stride == 1 ? term.Index : term.Index * term.Stride),
            .. at.Offset == 0 ? Array.Empty<Expression>() : [at.Offset],
        ];
        return parts.Length == 0 ? null : parts.Aggregate((sum, part) => sum + part);
    }

    private string Factor(Expression index) => index is Binary or Choose ? $"({Text(index)})" : Text(index);

    // One number stands for the same in all lanes.
    private static IEnumerable<int> LanesOf(Shuffle shuffle) =>
        shuffle.Lanes.Distinct().Count() == 1 ? shuffle.Lanes.Take(1) : shuffle.Lanes;

    private static string Name(Callee callee) =>
        callee.Class.Length == 0 ? callee.Name : $"{callee.Class}.{callee.Name}";

    /// <summary>A float as C# has it.</summary>
    public static string Text(float value) => float.IsNegativeInfinity(value)
        ? "float.NegativeInfinity"
        : value.ToString("R", CultureInfo.InvariantCulture) + "f";
}
