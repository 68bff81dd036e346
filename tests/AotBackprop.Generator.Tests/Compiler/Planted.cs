using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Tests.Compiler;

/// <summary>Mistakes in kernels: a tree with one node changed.</summary>
internal static class Planted
{
    /// <summary>The kernels, of which one of a name has the first statement changed that can be.</summary>
    public static Kernel[] In<T>(IEnumerable<Kernel> kernels, string name, Func<T, Statement?> change)
        where T : Statement
    {
        bool isDone = false;
        Kernel[] changed = [.. kernels.Select(k => k.Name == name ? k with { Body = [.. k.Body.Select(Change)] } : k)];
        return isDone ? changed : throw new InvalidOperationException($"There is no {name} with such a statement.");

        Statement Change(Statement statement)
        {
            if (!isDone && statement is T wanted && change(wanted) is { } planted)
            {
                isDone = true;
                return planted;
            }

            return statement switch
            {
                For loop => loop with { Body = [.. loop.Body.Select(Change)] },
                Follow chain => chain with { Body = [.. chain.Body.Select(Change)] },
                If choice => choice with { Then = [.. choice.Then.Select(Change)], Else = [.. choice.Else.Select(Change)] },
                Scope scope => scope with { Body = [.. scope.Body.Select(Change)] },
                Together line => line with { Body = [.. line.Body.Select(Change)] },
                ByZeros choice => new ByZeros(
                    [.. choice.NearlyAll.Select(Change)], [.. choice.Many.Select(Change)], [.. choice.Few.Select(Change)]),
                _ => statement,
            };
        }
    }
}
