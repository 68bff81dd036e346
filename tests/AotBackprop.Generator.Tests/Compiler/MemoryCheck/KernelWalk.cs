using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Tests.Compiler.MemoryCheck;

/// <summary>
/// Walks kernels as a processor would, with whole numbers and pointers alone, and tells a watch of each use of memory.
/// </summary>
internal sealed partial class KernelWalk
{
    private const long MostRounds = 20_000;

    private readonly ILookup<string, Kernel> _kernels;
    private readonly int _lanes;
    private readonly BatchMemory _memory;
    private readonly Situation _situation;
    private readonly IWatch _watch;
    private readonly WorkspaceValue _workspace;

    // The variables of the kernel that is walked.
    private Dictionary<string, Value> _variables = [];
    private string _kernel = "";

    // What all that is not linear in the variables has been computed from: where it is the same in two rounds of a loop, it
    // does not depend on the loop. Null where no loop asks.
    private List<Value>? _bends;

    public KernelWalk(IEnumerable<Kernel> kernels, int lanes, BatchMemory memory, Situation situation, IWatch watch)
    {
        _kernels = kernels.ToLookup(k => k.Name);
        _lanes = lanes;
        _memory = memory;
        _situation = situation;
        _watch = watch;
        _workspace = memory.Workspace(situation);
    }

    private enum Flow
    {
        On,

        /// <summary>To the next round of the loop.</summary>
        Round,

        /// <summary>Out of the kernel.</summary>
        Out,
    }

    /// <summary>
    /// Whether each round of a loop is walked, and samples keep their order where they may have any; else of a long loop only
    /// the first two and the last, where those tell of all.
    /// </summary>
    public bool IsExact { get; init; }

    public void Walk(Kernel kernel) =>
        Enter(kernel, [.. kernel.Parameters.Select(p => _memory.Argument(p, _situation, _workspace))]);

    /// <summary>What threads do before they go back: each transposes some rows of the weights.</summary>
    public void Transpose() => TransposeAll(_memory.Argument(new Parameter(DataType.FloatPointer, "parameters"), _situation, _workspace));

    private void Enter(Kernel kernel, IReadOnlyList<Value> arguments)
    {
        (Dictionary<string, Value> variables, string name) = (_variables, _kernel);
        _variables = kernel.Parameters.Zip(arguments).ToDictionary(p => p.First.Name, p => p.Second);
        _kernel = kernel.Name;
        Walk(kernel.Body);
        (_variables, _kernel) = (variables, name);
    }

    private Flow Walk(IEnumerable<Statement> body)
    {
        foreach (Statement statement in body)
        {
            Flow flow = Walk(statement);
            if (flow != Flow.On)
            {
                return flow;
            }
        }

        return Flow.On;
    }

    private Flow Walk(Statement statement)
    {
        switch (statement)
        {
            case For loop:
                return Walk(loop);
            case Follow chain:
                return Walk(chain);
            case If choice:
                return Walk(choice);
            case Scope scope:
                return Walk(scope.Body);
            case Together line:
                return Walk(line.Body);
            case ByZeros choice:
                return Walk(_situation.Zeros switch
                {
                    InputZeros.NearlyAll => choice.NearlyAll,
                    InputZeros.Many => choice.Many,
                    _ => choice.Few,
                });
            case Return returned:
                _ = returned.Value is { } value ? ValueOf(value) : null;
                return Flow.Out;
            case Continue:
                return Flow.Round;
            case Wait:
                _watch.Meet();
                return Flow.On;
            default:
                Do(statement);
                return Flow.On;
        }
    }

    private void Do(Statement statement)
    {
        switch (statement)
        {
            case Note or BlankLine:
                break;
            case Nodes.Declare declared:
                foreach (Named variable in declared.Variables)
                {
                    _variables[variable.Name] = variable.Value is { } value ? ValueOf(value) : Value.Any;
                }

                break;
            case Assign { Target: Variable target } assigned:
                Set(target.Name, ValueOf(assigned.Value));
                break;
            case Assign { Target: Element target } assigned:
                ValueOf(assigned.Value);
                Touch(target.At, 1, Use.Write);
                break;
            case Add added:
                Value more = ValueOf(added.Value);
                if (added.Value is not Constant)
                {
                    Bend(more);
                }

                Set(added.Target, Sum(_variables[added.Target], more));
                break;
            case Store stored:
                ValueOf(stored.Value);
                Touch(stored.At, Lanes(stored.Count), stored.Value is ZeroVector ? Use.Clear : Use.Write);
                break;
            case Activate { Extent: var extent } activated:
                for (int r = 0; r < extent.Rows; r++)
                {
                    long row = r * extent.Stride, count = extent.Vectors * Lanes(0);
                    Touch(activated.At.Plus(row), count, Use.Read);
                    Touch(activated.At.Plus(row), count, Use.Write);
                    if (activated.Slope is { } slope)
                    {
                        Touch(slope.Plus(row), count, Use.Write);
                    }
                }

                break;
            case Update updated:
                ValueOf(updated.Gradient);
                Touch(updated.At, Lanes(updated.Count), Use.Read);
                Touch(updated.At, Lanes(updated.Count), Use.Write);
                break;
            case Run run:
                ValueOf(run.Call);
                break;
            case Divide divide:
                (long first, long end) = _situation.Share(divide);
                _variables[divide.First] = (Whole)first;
                _variables[divide.End] = (Whole)end;
                break;
            default:
                throw new InvalidOperationException($"A statement that is not walked: {statement.GetType().Name}.");
        }
    }

    private void Bend(params ReadOnlySpan<Value> operands) => _bends?.AddRange(operands);

    private void Set(string name, Value value) =>
        _variables[name] = _variables.ContainsKey(name) ? value : throw Unknown(name);

    private Flow Walk(If choice)
    {
        bool? holds = IsTrue(choice.Condition);
        if (holds is { } known)
        {
            return Walk(known ? choice.Then : choice.Else);
        }

        // Either may be: what follows is walked where one goes on, with variables that do not depend on which.
        Dictionary<string, Value> before = _variables;
        _variables = new(before);
        Flow then = Walk(choice.Then);
        Dictionary<string, Value> after = _variables;
        _variables = before;
        Flow otherwise = Walk(choice.Else);
        if (then == Flow.On && otherwise == Flow.On && before.Any(pair => after[pair.Key] != pair.Value))
        {
            throw new InvalidOperationException($"{_kernel}: an address depends on a condition that depends on data.");
        }

        _variables = otherwise == Flow.On ? before : after;
        return otherwise == Flow.On ? otherwise : then;
    }

    private Flow Walk(For loop)
    {
        if (loop.Start is { } start)
        {
            Do(start);
        }

        for (long rounds = 0; IsTrue(loop.Condition) != false; rounds++)
        {
            if (rounds == MostRounds)
            {
                throw new InvalidOperationException($"{_kernel}: the loop over {loop.Index} does not end.");
            }

            if (_variables[loop.Index] is Whole { IsOne: false } range)
            {
                return WalkRange(loop, range);
            }

            Flow flow = rounds == 0 && !IsExact ? Leap(loop) : Walk(loop.Body);
            if (flow == Flow.Out)
            {
                return flow;
            }

            if (loop.Next is { } next)
            {
                Do(next);
            }
        }

        return Flow.On;
    }

    /// <summary>All rounds of a loop of which it is not known where it begins and ends.</summary>
    private Flow WalkRange(For loop, Whole index)
    {
        Whole limit = (Whole)ValueOf(((Compare)loop.Condition).Right);
        _variables[loop.Index] = index with { Most = limit.Most - 1 };
        return Walk(loop.Body) == Flow.Out ? Flow.Out : Flow.On;
    }

    private Flow Walk(Follow chain)
    {
        Whole head = (Whole)ValueOf(chain.Head);
        Memory next = ((Pointer)_variables[chain.Next]).Memory;
        long most = Math.Max(head.Most, next.Contents!.Most);
        if (head.Most < 0)
        {
            return Flow.On;
        }

        _variables[chain.Index] = new Whole(0, most);
        Flow flow = Walk(chain.Body);
        Touch(new Address(chain.Next).Row(chain.Index), 1, Use.Read);
        return flow == Flow.Out ? flow : Flow.On;
    }

    /// <summary>
    /// The first round of a loop. Where the second does the same, at places that are linear in the index, the last one
    /// follows: all others lie between.
    /// </summary>
    private Flow Leap(For loop)
    {
        Dictionary<string, Value> first = new(_variables);
        (Flow flow, List<Value> bends) = WalkApart(loop.Body);
        if (flow != Flow.On || loop.Next is not { Value: Constant { Value: var step } } next || Rounds(loop, first, step) is not (> 3 and var rounds))
        {
            return flow;
        }

        Do(next);
        Dictionary<string, Value> second = new(_variables);
        (flow, List<Value> again) = WalkApart(loop.Body);
        if (flow != Flow.On || !bends.SequenceEqual(again) || Rounds(loop, first, step) != rounds)
        {
            return flow;
        }

        foreach ((string name, Value before) in first)
        {
            _variables[name] = Leapt(before, second[name], rounds - 1);
        }

        return Walk(loop.Body);
    }

    private (Flow Flow, List<Value> Bends) WalkApart(IEnumerable<Statement> body)
    {
        List<Value>? outer = _bends;
        List<Value> own = _bends = [];
        Flow flow = Walk(body);
        _bends = outer;
        outer?.AddRange(own);
        return (flow, own);
    }

    private long Rounds(For loop, Dictionary<string, Value> first, long step)
    {
        Compare condition = (Compare)loop.Condition;
        long limit = ((Whole)ValueOf(condition.Right)).Most + (condition.Operator == "<=" ? 1 : 0);
        return step == 0 ? 0 : (limit - ((Whole)first[loop.Index]).Least + step - 1) / step;
    }

    /// <summary>A variable before the last round, from what one round has made of it.</summary>
    private static Value Leapt(Value before, Value after, long rounds) => (before, after) switch
    {
        (Pointer p, Pointer q) when p.Memory == q.Memory => p.Plus(Step(p.Offset, q.Offset) * rounds),
        (Whole a, Whole b) => a + (Step(a, b) * rounds),
        _ => after,
    };

    private static Whole Step(Whole before, Whole after) => after.Least - before.Least;

    private InvalidOperationException Unknown(string name) => new InvalidOperationException($"{_kernel}: {name} has no value that is known.");
}
