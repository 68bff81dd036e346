using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Passes;

/// <summary>Removes the braces of scopes whose names nobody else has where they stand.</summary>
internal static class Scopes
{
    public static Kernel Open(Kernel kernel) => kernel with { Body = Open(kernel.Body) };

    private static EquatableArray<Statement> Open(EquatableArray<Statement> body)
    {
        Statement[] statements = [.. body.Select(statement => statement.WithBodies(Open))];
        if (!statements.OfType<Scope>().Any())
        {
            return new(statements);
        }

        SortedSet<string>[] names = [.. statements.Select(NamesIn)];
        return new(statements.SelectMany((statement, i) =>
            statement is Scope scope && !names.Where((others, j) => j != i && others.Overlaps(names[i])).Any()
                ? scope.Body
                : [statement]));
    }

    /// <summary>Every name that a statement declares, for itself or for those that follow.</summary>
    private static SortedSet<string> NamesIn(Statement statement) =>
        new(Statement.AllIn([statement]).SelectMany(Declared), StringComparer.Ordinal);

    private static IEnumerable<string> Declared(Statement statement) => statement switch
    {
        Declare declared => declared.Variables.Select(variable => variable.Name),
        Divide divide => [divide.First, divide.End],
        For { Start: { } start } => Declared(start),
        Follow chain => [chain.Index],
        Together line => line.Body.SelectMany(Declared),
        _ => [],
    };
}
