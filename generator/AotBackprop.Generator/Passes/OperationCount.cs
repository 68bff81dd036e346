using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Passes;

/// <summary>
/// Words of the vector vocabulary in a kernel. The compiler makes about one local of each, so that their number decides
/// how much code a method may hold.
/// </summary>
internal sealed class OperationCount
{
    // What a function of the system may stand for counts only where none does.
    private readonly int _plain;

    private OperationCount(Kernel kernel) => _plain = kernel.IsDirect ? 0 : 1;

    public static int Of(Kernel kernel) => new OperationCount(kernel).Of(kernel.Body);

    private int Of(IEnumerable<Statement> body) => body.Sum(Of);

    private int Of(Statement statement) => statement switch
    {
        Declare declared => declared.Variables.Sum(v => Of(v.Value, declared.Type)),
        Assign assigned => Of(assigned.Target) + Of(assigned.Value),
        Add added => Of(added.Value),
        Store stored => Word(stored.Count) + Of(stored.Value),
        Update { Rates: not null, Count: 0 } descent => (2 * _plain) + Of(descent.Gradient),
        Update updated => Word(updated.Count) + Of(updated.Gradient),
        For loop => Of(loop.Condition) + Of(loop.Body) + (loop.Start is { } start ? Of(start) : 0),
        Follow chain => Of(chain.Body),
        If choice => Of(choice.Condition) + Of(choice.Then) + Of(choice.Else),
        Scope scope => Of(scope.Body),
        Together line => Of(line.Body),
        ByZeros choice => Of(choice.NearlyAll) + Of(choice.Many) + Of(choice.Few),
        Run run => Of(run.Call),
        Return returned => Of(returned.Value),
        _ => 0,
    };

    // The zeros of Bytes256 are no word of the vocabulary.
    private int Of(Expression? value, DataType type) => type == DataType.Bytes256 ? 0 : Of(value);

    private int Of(Expression? expression) => expression switch
    {
        Load load => Word(load.Count),
        Broadcast => _plain,
        ZeroVector => 1,
        MultiplyAdd fused => _plain + Of(fused.A) + Of(fused.B) + Of(fused.C),
        Blend blend => 1 + Of(blend.Marked) + Of(blend.Others),
        Shuffle shuffle => Of(shuffle.Vector),
        Apply apply => 1 + apply.Operands.Sum(Of),
        Binary binary => Of(binary.Left) + Of(binary.Right),
        Compare compare => Of(compare.Left) + Of(compare.Right),
        And and => Of(and.Left) + Of(and.Right),
        Not not => Of(not.Condition),
        Choose choose => Of(choose.Condition) + Of(choose.Then) + Of(choose.Else),
        Call call => call.Arguments.Sum(Of),
        _ => 0,
    };

    private int Word(int count) => count == 0 ? _plain : 1 + TilePlanner.PartWords;
}
