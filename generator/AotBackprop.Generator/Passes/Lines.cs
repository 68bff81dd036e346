using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Passes;

/// <summary>
/// Puts on one line what is read at a glance: sums that begin with 0, pointers and indices that are declared or go on,
/// one after the other.
/// </summary>
internal static class Lines
{
    public static Kernel Join(Kernel kernel) => kernel with { Body = Join(kernel.Body) };

    private static EquatableArray<Statement> Join(EquatableArray<Statement> body)
    {
        List<Statement> joined = [];
        foreach (Statement statement in body.Select(inner => inner.WithBodies(Join)))
        {
            if (joined.Count > 0 && Joined(joined[joined.Count - 1], statement) is { } both)
            {
                joined[joined.Count - 1] = both;
            }
            else
            {
                joined.Add(statement);
            }
        }

        return new(joined);
    }

    private static Statement? Joined(Statement first, Statement second) => (first, second) switch
    {
        (Declare one, Declare other) when one.Type == other.Type
            && (IsPlace(one.Type) || (BeginsWithZero(one) && BeginsWithZero(other))) =>
            new Declare(one.Type, [.. one.Variables, .. other.Variables]),
        (Add { Value: Constant }, Add { Value: Constant }) => new Together([first, second]),
        (Together line, Add { Value: Constant }) when line.Body.All(inner => inner is Add { Value: Constant }) =>
            new Together([.. line.Body, second]),
        _ => null,
    };

    private static bool BeginsWithZero(Declare sums) => sums.Variables.All(sum => sum.Value is ZeroVector);

    private static bool IsPlace(DataType type) =>
        type is DataType.FloatPointer or DataType.IntPointer or DataType.DoublePointer or DataType.Size or DataType.Int;
}
