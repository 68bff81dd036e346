namespace AotBackprop;

/// <summary>The optimizers by their numbers, which are those of C and never change.</summary>
internal enum OptimizerKind
{
    /// <summary>W ← W − η dW.</summary>
    Sgd = 0,

    /// <summary>m ← μm + dW, W ← W − ηm.</summary>
    Momentum = 1,

    /// <summary>m ← μm + dW, W ← W − η(dW + μm).</summary>
    Nesterov = 2,

    /// <summary>Means of the derivatives and of their squares: W ← W − η m̂ / (√v̂ + ε).</summary>
    Adam = 3,

    /// <summary>Adam, whose weight decay is no part of the gradient: W ← (1 − ηλ)W before the step.</summary>
    AdamW = 4,

    /// <summary>The sign of a mean: W ← (1 − ηλ)W − η sign(β₁m + (1 − β₁)g), m ← β₂m + (1 − β₂)g.</summary>
    Lion = 5,
}

/// <summary>What is kept of each parameter, by its number in the head of a state, which never changes.</summary>
internal enum OptimizerMemory
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>m, a fading sum of gradients.</summary>
    Sum = 1,

    /// <summary>m and v, fading means of gradients and of their squares.</summary>
    Moments = 2,

    /// <summary>m, a fading mean of gradients.</summary>
    Mean = 3,
}

/// <summary>The numbers that not every optimizer uses. They are 0 where they are not used.</summary>
[Flags]
internal enum OptimizerNumbers : byte
{
    /// <summary>No number but η, λ and c, which all have.</summary>
    None = 0,

    /// <summary>μ.</summary>
    Momentum = 1,

    /// <summary>β₁.</summary>
    Beta1 = 2,

    /// <summary>β₂.</summary>
    Beta2 = 4,

    /// <summary>ε.</summary>
    Epsilon = 8,
}

/// <summary>What validation, bounds and state of an optimizer depend on.</summary>
/// <remarks>
/// A byte of a constant: exports of a C library reach it, which hold no objects, and a step asks for it several times.
/// </remarks>
internal readonly struct OptimizerTraits
{
    private const int MemoryShift = 4;
    private const byte Sum = (byte)OptimizerMemory.Sum << MemoryShift;
    private const byte Moments = (byte)OptimizerMemory.Moments << MemoryShift;
    private const byte Mean = (byte)OptimizerMemory.Mean << MemoryShift;
    private const byte Mu = (byte)OptimizerNumbers.Momentum;
    private const byte Betas = (byte)(OptimizerNumbers.Beta1 | OptimizerNumbers.Beta2);
    private const byte Epsilon = (byte)OptimizerNumbers.Epsilon;
    private const byte Apart = 1 << 6;

    private readonly byte _bits;

    private OptimizerTraits(byte bits) => _bits = bits;

    /// <summary>Whether weights decay by themselves, W ← (1 − ηλ)W; else g + λW takes the place of g.</summary>
    public bool DecaysApart => (_bits & Apart) != 0;

    /// <summary>What is kept of each parameter.</summary>
    public OptimizerMemory Memory => (OptimizerMemory)((_bits >> MemoryShift) & 3);

    /// <summary>Numbers that are kept of each parameter.</summary>
    public int StateArrays => Memory == OptimizerMemory.Nothing ? 0 : Memory == OptimizerMemory.Moments ? 2 : 1;

    private static ReadOnlySpan<byte> Rows =>
    [
        /* SGD      */ 0,
        /* momentum */ Sum | Mu,
        /* Nesterov */ Sum | Mu,
        /* Adam     */ Moments | Betas | Epsilon,
        /* AdamW    */ Moments | Betas | Epsilon | Apart,
        /* Lion     */ Mean | Betas | Apart,
    ];

    /// <summary>Whether there is an optimizer of this number.</summary>
    public static bool Exist(OptimizerKind kind) => (uint)kind < (uint)Rows.Length;

    /// <summary>Those of an optimizer, one that exists.</summary>
    public static OptimizerTraits Of(OptimizerKind kind)
    {
        ReadOnlySpan<byte> rows = Rows;
        return new((uint)kind < (uint)rows.Length ? rows[(int)kind] : (byte)0);
    }

    /// <summary>Whether the optimizer uses a number.</summary>
    public bool Has(OptimizerNumbers number) => (_bits & (byte)number) != 0;
}

/// <summary>An optimizer in words: its names, its formula, and the numbers that it has where none are given.</summary>
internal sealed class OptimizerEntry
{
    /// <summary>Which optimizer.</summary>
    public required OptimizerKind Kind { get; init; }

    /// <summary>As the command line and the table for other languages have it; in capitals C's.</summary>
    public required string Name { get; init; }

    /// <summary>As sentences have it.</summary>
    public required string Title { get; init; }

    /// <summary>What a step does, in the words of the header. LIB stands for the library's prefix.</summary>
    public required string[] Formula { get; init; }

    /// <summary>η.</summary>
    public required float LearningRate { get; init; }

    /// <summary>μ.</summary>
    public float Momentum { get; init; }

    /// <summary>β₁.</summary>
    public float Beta1 { get; init; }

    /// <summary>β₂.</summary>
    public float Beta2 { get; init; }

    /// <summary>ε.</summary>
    public float Epsilon { get; init; }

    /// <summary>λ.</summary>
    public float WeightDecay { get; init; }

    /// <summary>Whose equations they are, where not PyTorch's.</summary>
    public string? Source { get; init; }

    /// <summary>What the arithmetic depends on.</summary>
    public OptimizerTraits Traits => OptimizerTraits.Of(Kind);

    /// <summary>One of the numbers that not every optimizer uses.</summary>
    public float Default(OptimizerNumbers number) => number switch
    {
        OptimizerNumbers.Momentum => Momentum,
        OptimizerNumbers.Beta1 => Beta1,
        OptimizerNumbers.Beta2 => Beta2,
        _ => Epsilon,
    };
}

/// <summary>A number that not every optimizer uses, in words.</summary>
internal sealed class OptimizerNumberEntry
{
    /// <summary>Which number.</summary>
    public required OptimizerNumbers Number { get; init; }

    /// <summary>The field of C's options, and the option of the command line.</summary>
    public required string Field { get; init; }

    /// <summary>The letter of the equations.</summary>
    public required string Symbol { get; init; }

    /// <summary>What the header says of its range.</summary>
    public string Range { get; init; } = "";

    /// <summary>What it is, to who gives it.</summary>
    public required string Description { get; init; }

    /// <summary>The optimizers that use it.</summary>
    public IEnumerable<OptimizerEntry> Users => OptimizerTable.All.Where(entry => entry.Traits.Has(Number));
}

/// <summary>
/// All that differs between optimizers but the arithmetic, which <c>Runtime/Optimizers/Updates.cs</c> has. Validation,
/// the header, statuses, the command line and Python follow from it.
/// </summary>
internal static class OptimizerTable
{
    /// <summary>
    /// The largest μ, β₁ and β₂. With it, m and v stay bounded by a multiple of the largest gradient, after any number
    /// of steps.
    /// </summary>
    public const float LargestMemory = 0.999999f;

    /// <summary>The smallest ε.</summary>
    public const float SmallestEpsilon = 1e-20f;

    /// <summary>Every optimizer, in the order of its number.</summary>
    public static readonly IReadOnlyList<OptimizerEntry> All =
    [
        new()
        {
            Kind = OptimizerKind.Sgd,
            Name = "sgd",
            Title = "SGD",
            Formula = ["W ← W − ηg; keeps nothing"],
            LearningRate = 0.1f,
        },
        new()
        {
            Kind = OptimizerKind.Momentum,
            Name = "momentum",
            Title = "momentum",
            Formula = ["m ← μm + g; W ← W − ηm"],
            LearningRate = 0.1f,
            Momentum = 0.9f,
        },
        new()
        {
            Kind = OptimizerKind.Nesterov,
            Name = "nesterov",
            Title = "Nesterov's",
            Formula = ["m ← μm + g; W ← W − η(g + μm)"],
            LearningRate = 0.1f,
            Momentum = 0.9f,
        },
        new()
        {
            Kind = OptimizerKind.Adam,
            Name = "adam",
            Title = "Adam",
            Formula = ["m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;", "W ← W − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)"],
            LearningRate = 0.001f,
            Beta1 = 0.9f,
            Beta2 = 0.999f,
            Epsilon = 1e-8f,
        },
        new()
        {
            Kind = OptimizerKind.AdamW,
            Name = "adamw",
            Title = "AdamW",
            Formula = ["W ← (1 − ηλ)W; then as LIB_ADAM, by g alone"],
            LearningRate = 0.001f,
            Beta1 = 0.9f,
            Beta2 = 0.999f,
            Epsilon = 1e-8f,
            WeightDecay = 0.01f,
        },
        new()
        {
            Kind = OptimizerKind.Lion,
            Name = "lion",
            Title = "Lion",
            Formula = ["c = β₁m + (1 − β₁)g; W ← (1 − ηλ)W − η sign(c), with sign(0) = 0;", "m ← β₂m + (1 − β₂)g"],
            LearningRate = 0.0001f,
            Beta1 = 0.9f,
            Beta2 = 0.99f,
            Source = "Chen and others (2023)",
        },
    ];

    /// <summary>Every number that not every optimizer uses, in the order of C's options.</summary>
    public static readonly IReadOnlyList<OptimizerNumberEntry> Numbers =
    [
        new()
        {
            Number = OptimizerNumbers.Momentum,
            Field = "momentum",
            Symbol = "μ",
            Description = "The share kept of earlier gradients",
        },
        new()
        {
            Number = OptimizerNumbers.Beta1,
            Field = "beta1",
            Symbol = "β₁",
            Description = "The share that earlier gradients have in a step",
        },
        new()
        {
            Number = OptimizerNumbers.Beta2,
            Field = "beta2",
            Symbol = "β₂",
            Description = "The share kept of the mean squared gradient, with lion of the mean gradient",
        },
        new()
        {
            Number = OptimizerNumbers.Epsilon,
            Field = "epsilon",
            Symbol = "ε",
            Range = ": finite, at least 1e-20",
            Description = "Added to the root of the mean squared gradient",
        },
    ];

    /// <summary>Words as a sentence has them: a, b and c.</summary>
    public static string Listed(IEnumerable<string> words, string and = "and")
    {
        string[] all = [.. words];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all.Take(all.Length - 1))} {and} {all[all.Length - 1]}";
    }
}
