using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Tests.Compiler.MemoryCheck;

/// <summary>How many of the inputs are 0, as Runtime.Zeros has it.</summary>
internal enum InputZeros
{
    Few,
    Many,
    NearlyAll,
}

/// <summary>What a call meets: its batch, the thread among others, and what else decides a branch.</summary>
internal sealed record Situation
{
    public required long N { get; init; }

    public int Rank { get; init; }

    public int Ranks { get; init; } = 1;

    public InputZeros Zeros { get; init; }

    public bool HasLabels { get; init; } = true;

    /// <summary>Whether an update leaves a parameter as it is where its gradient is 0.</summary>
    public bool SkipsZeroGradients { get; init; }

    public bool IsInRows { get; init; }

    /// <summary>The samples of which dW and db are formed: the first and how many, where not all.</summary>
    public (long First, long Count)? Block { get; init; }

    /// <summary>The layer of which dW and db are formed, or 0 for all.</summary>
    public int Layer { get; init; }

    /// <summary>The rows of its dW that are wanted, where not all.</summary>
    public (long First, long End)? Rows { get; init; }

    // Runtime.Part, written again.
    private long Each => (((N + Ranks - 1) / Ranks) + 15) / 16 * 16;

    public long First => Math.Min(N, Rank * Each);

    public long Count => Math.Min(N - First, Each);

    public long Across => IsInRows ? 0 : Count / 16 * 16;

    public (long First, long End) Share(long rows, long tile)
    {
        long tiles = (rows + tile - 1) / tile;
        return (Math.Min(rows, tiles * Rank / Ranks * tile), Math.Min(rows, tiles * (Rank + 1) / Ranks * tile));
    }

    /// <summary>A thread's share of the columns or rows of a layer's dW that are wanted.</summary>
    public (long First, long End) Share(Nodes.Divide divide)
    {
        (long first, long end) = Share(divide.Count, divide.Tile);
        if (!Forms(divide.GradientOf))
        {
            return (0, 0);
        }

        if (divide.AreRows && Rows is { } rows)
        {
            first = Math.Max(first, rows.First / divide.Tile * divide.Tile);
            end = Math.Min(end, (rows.End + divide.Tile - 1) / divide.Tile * divide.Tile);
        }

        return first < end ? (first, end) : (0, 0);
    }

    public bool Has(int turn) => turn % Ranks == Rank;

    public bool Has(Nodes.OwnTurn turn) => Forms(turn.Layer) && Has(turn.Number);

    // What is no layer's gradient is formed in any case.
    private bool Forms(int layer) => Layer == 0 || layer == 0 || layer == Layer;

    public Value this[string member] => member switch
    {
        "N" => (Whole)N,
        "First" => (Whole)First,
        "Count" => (Whole)Count,
        "Across" => (Whole)Across,
        "BlockFirst" => (Whole)(Block?.First ?? 0),
        "BlockCount" => (Whole)(Block?.Count ?? N),
        "IsAcross" => new Flag(N >= 16 && !IsInRows),
        "IsShared" => new Flag(Ranks > 1),
        _ => throw new InvalidOperationException($"A part has no {member}."),
    };
}

/// <summary>A part as a value.</summary>
internal sealed record PartValue(Situation Situation) : Value;

/// <summary>The memory that a call on a batch is given, from the plan.</summary>
internal sealed class BatchMemory
{
    private readonly NetworkPlan _plan;
    private readonly Memory _parameters, _gradient, _X, _labels, _Y, _probabilities;
    private readonly Dictionary<string, Memory> _regions;

    public BatchMemory(NetworkPlan plan, long N)
    {
        _plan = plan;
        _parameters = Parameters("parameters", "", 1, plan.ParameterCount);
        _gradient = Parameters("gradient", "d", 1, plan.ParameterCount);
        _X = new("X", N * plan.Layers[0].Inputs);
        _labels = new("labels", N) { HoldsInts = true, Contents = new(0, plan.OutputLayer.Outputs - 1) };
        _Y = new("Y", N * plan.OutputLayer.Outputs);
        _probabilities = new("probabilities", N * plan.OutputLayer.Outputs);
        _regions = plan.Workspace.Regions.ToDictionary(r => r.Name, r => Region(r, N));
    }

    public NetworkPlan Plan => _plan;

    /// <summary>Scratch memory of a thread: of its own what it has for itself, else what it shares.</summary>
    public WorkspaceValue Workspace(Situation situation) => new(_plan.Workspace.Regions.ToDictionary(
        r => r.Name, r => r.IsPerThread && situation.Ranks > 1 ? Region(r, situation.N) : _regions[r.Name]));

    /// <summary>What stands for a parameter of a method that is called from outside.</summary>
    public Value Argument(Parameter parameter, Situation situation, WorkspaceValue workspace) => parameter switch
    {
        { Type: DataType.Part } => new PartValue(situation),
        { Type: DataType.WorkspaceReference } => workspace,
        { Type: DataType.Targets } => situation.HasLabels && _plan.OutputLayer.IsSoftmax ? new TargetsValue(At(_labels), Value.Null) : new TargetsValue(Value.Null, At(_Y)),
        { Type: DataType.Bool } => new Flag(true),
        { Type: DataType.Zeros or DataType.Update or DataType.Float or DataType.DoubleOut } => Value.Any,
        { Type: DataType.Size, Name: "N" } => (Whole)situation.N,
        { Type: DataType.Int, Name: "label" } => new Whole(0, _plan.OutputLayer.Outputs - 1),
        { Name: "parameters" } => At(_parameters),
        { Name: "gradient" } => At(_gradient),
        { Name: "X" } => At(_X),
        { Name: "Y" } => At(_Y),
        { Name: "labels" } => At(_labels),
        { Name: "workspace" } => At(new("workspace", 0)),
        { Type: DataType.FloatPointer } when parameter.Name == $"A{_plan.OutputLayer.Number}" => At(_probabilities),
        _ => throw new InvalidOperationException($"Nothing stands for the parameter {parameter.Name}."),
    };

    private static Pointer At(Memory memory) => new(memory, 0);

    private Memory Region(Region region, long N)
    {
        long units = region.Size(N), entries = N * WorkspacePlan.EntriesOf(_plan.Layers[0].Inputs);
        if (region.Name == "LaneSums")
        {
            return Parameters(region.Name, "sums of ", AcrossPlan.Samples, units);
        }

        return new(region.Name, region.Element == RegionElement.Double ? units / 2 : units)
        {
            HoldsInts = region.Element == RegionElement.Int,
            IsOwn = region.IsPerThread,
            Contents = region.Name switch
            {
                "Entries.Starts" or "Entries.Ends" => new(0, entries),
                "Entries.Columns" or "Entries.Chained" => new(0, _plan.Layers[0].Inputs - 1),
                "Entries.Rows" => new(0, N - 1),
                "Entries.Next" or "Entries.Heads" => new(-1, entries - 1),
                _ => null,
            },
        };
    }

    /// <summary>Each W and b, whose ends lie between other matrices.</summary>
    private Memory Parameters(string name, string prefix, int each, long count) => new(name, count)
    {
        Parts = _plan.Layers
            .SelectMany(l => new[] { (l.WeightsOffset, $"W{l.Number}", l.Weights), (l.BiasOffset, $"b{l.Number}", l.Outputs) })
            .ToDictionary(
                m => (long)m.Item1 * each,
                m => new Memory(prefix + m.Item2, Math.Min(m.Item3 * each, count - ((long)m.Item1 * each)))),
    };
}
