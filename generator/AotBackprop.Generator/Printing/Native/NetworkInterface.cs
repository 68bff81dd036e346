using AotBackprop.Generator.Model;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.NetworkStatus;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>The C functions of a network.</summary>
internal sealed class NetworkInterface(NetworkPlan plan, string library)
{
    private readonly string _prefix = plan.Spec.ExportPrefix!;
    private readonly int _inputs = plan.Layers[0].Inputs;
    private readonly int _outputs = plan.OutputLayer.Outputs;

    private string Upper => library.ToUpperInvariant();

    private Initialization Initial => Initializations.DefaultOf(plan.Spec.Activation);

    private string Rows => Output.IsSoftmax ? ", each row summing to 1" : "";

    public IReadOnlyList<CFunction> All =>
    [
        Function("fingerprint", CType.UInt64, [], $"""
            Which network the library has: FNV-1a of "{Fingerprint.Text(plan.Spec)}". A program that compares it
            with {_prefix.ToUpperInvariant()}_FINGERPRINT, before any other call, finds out that library and header are
            of different sizes.
            """, $"Fingerprint(0x{Fingerprint.Of(plan.Spec):x16})"),
        Function("initialize", CType.Status, [Parameters, Seed], $"""
            {_prefix}_initialize_with {Upper}_{Initial.CName()}.
            Statuses: {Statuses(NullPointer, FloatingPointEnvironment)}.
            """, $"Initialize(parameters, seed, {(int)Initial})"),
        Function("initialize_with", CType.Status, [Parameters, Seed, new(CType.Int32, "initialization")], $"""
            Draws the first weights and biases: initialization is {Upper}_{Initial.CName()}, … The same
            seed gives the same bits
            on every machine.
            Statuses: {Statuses(NullPointer, FloatingPointEnvironment)}; {Upper}_{UnknownInitialization.CName()}.
            """, "Initialize(parameters, seed, initialization)"),
        Function("workspace_size", CType.Size, [Batch], """
            Bytes of scratch memory for training on batches of up to so many samples; SIZE_MAX where no memory could
            hold it. Inference takes the workspace of any batch, of 1 or more, for any number of samples, and works
            in parts of its size.
            """),
        Function("epoch_workspace_size", CType.Size, [Count, BatchSize], $"""
            Bytes of scratch memory for {_prefix}_train_epoch over so many samples in batches of so many; SIZE_MAX
            where no memory could hold it.
            """),
        Function("team_workspace_size", CType.Size, [Batch, Threads], $"""
            Bytes of scratch memory that so many threads share in {_prefix}_team_train_step, on batches of up to so many
            samples; SIZE_MAX where no memory could hold it.
            """),
        Function("team_epoch_workspace_size", CType.Size, [Count, BatchSize, Threads], $"""
            Bytes of scratch memory that so many threads share in {_prefix}_team_train_epoch; SIZE_MAX where no memory
            could hold it.
            """),
        Function("optimizer_state_size", CType.Size, [new(CType.Options(library), "options")], $"""
            Bytes of optimizer_state for these options: 0 for {Upper}_SGD that does not clip. SIZE_MAX for options that
            this library cannot follow. Zero the buffer before the first step; between steps it may be copied, and only
            the library writes to it. A float's alignment will do, and a multiple of 64 bytes is fastest. It is that of
            one optimizer and network: numbers such as the learning rate may change from step to step.
            """),
        Function("forward", CType.Status, [.. Samples, Count, new(CType.Floats, Outputs), .. Workspace], $"""
            {OutputFunction.Of(Output).Gives}: A{Output.Number}, count×{_outputs}{Rows}.
            A sample's bits do not depend on the batch it comes in. X and {Outputs} do not overlap.
            Statuses: {InferenceStatuses}.
            """),
        .. Decision(),
        Evaluation(),
        AddLosses(),
        Function("gradient", CType.Status, [.. Samples, Targets, Count, Gradient, .. Workspace, Loss], $"""
            The mean loss, and its derivative by each parameter, which overwrites gradient: {Gradients}.
            gradient overlaps nothing else. loss may be null.
            Statuses: those of {_prefix}_forward, {TargetStatuses}, {Statuses(NotFinite)}.
            """),
        Function("apply", CType.Status, [Parameters, Given, .. Options], $"""
            One step of the optimizer by a gradient: W ← W − η dW, b ← b − η db in {Upper}_SGD.
            optimizer_state may be null where it needs no bytes.
            Statuses: {Statuses(NullPointer, OptimizerStateTooSmall, InvalidOptimizerState, NotFinite)},
            and those of {library}_describe_options.
            """),
        Function("train_step", CType.Status, [.. Trained, .. Options, .. Workspace, Loss], $"""
            One step of the optimizer on a batch: the same bits as {_prefix}_gradient and {_prefix}_apply, in one pass
            that stores no weight gradient, but where clip_norm asks for its norm. loss receives the mean loss before
            the update, and may be null.
            Statuses: those of {_prefix}_forward and {_prefix}_apply, {TargetStatuses}.
            Whatever the status but {Upper}_OK, parameters and optimizer_state are as they were.
            """, Alone("TrainStep", [.. Trained, .. Options, .. Team, .. Workspace, Loss])),
        Function("train_epoch", CType.Status, [.. Trained, Epoch, .. Options, .. Workspace, Loss, BatchesDone], $"""
            One pass over a training set of count samples, below 2^31, in shuffled batches, or the range of its batches
            that epoch names; the last batch may be short and counts with its own mean. The bits do not depend on how
            an epoch is cut into ranges. All of the data is validated first. loss receives the mean over the samples
            trained on of the loss before each one's update, batches_done the number of batches; both may be null.
            Statuses: those of {_prefix}_train_step,
            {Statuses(InvalidEpoch, UnknownEpochOption, InvalidBatch, InvalidBatchRange)}.
            Where a batch is {Upper}_NOT_FINITE the updates of the batches before it stay, and batches_done counts
            them. A call that the stop flag ends returns {Upper}_OK, with the loss and the number of the batches before.
            """, Alone("TrainEpoch", [.. Trained, Epoch, .. Options, .. Team, .. Workspace, Loss, BatchesDone])),
        OfTeam("train_step", [.. Trained, .. Options, .. Team, .. Workspace, Loss], $"""
            {_prefix}_train_step by several threads, each of which makes this call at once: see {library}_barrier.
            workspace has {_prefix}_team_workspace_size bytes.
            """),
        OfTeam("train_epoch", [.. Trained, Epoch, .. Options, .. Team, .. Workspace, Loss, BatchesDone], $"""
            {_prefix}_train_epoch by several threads, each of which makes this call at once: see {library}_barrier. The
            stop flag of rank 0 counts. workspace has {_prefix}_team_epoch_workspace_size bytes.
            """),
    ];

    private LayerPlan Output => plan.OutputLayer;

    private NetworkKind Kind => plan.Spec.Kind;

    // The parameter that receives A.
    private string Outputs => Output.OutputKind == AotBackprop.Output.Linear ? "outputs" : "probabilities";

    private string TargetText => Kind != NetworkKind.Classifier ? Notation.Values(Output, "count")
        : $"count labels{(Output.IsSoftmax ? $" from 0 to {_outputs - 1}" : ", 0 or 1")}, or " +
            Notation.Values(Output, "count");

    private string Gradients => string.Join(", ", plan.Layers.Reverse().SelectMany(l =>
        new[] { Notation.WeightGradient(l), Notation.BiasGradient(l) }));

    private CParameter Parameters => new(CType.Parameters(_prefix), "parameters");

    private CParameter Gradient => new(CType.Parameters(_prefix), "gradient");

    private CParameter Given => new(CType.ConstParameters(_prefix), "gradient");

    private CParameter Targets => new(CType.Targets(library), "targets");

    private CParameter Epoch => new(CType.Epoch(library), "epoch");

    private static CParameter Seed => new(CType.Seed, "seed");

    private static CParameter Count => new(CType.Size, "count");

    private static CParameter Batch => new(CType.Size, "batch");

    private static CParameter BatchSize => new(CType.Size, "batch_size");

    private static CParameter Threads => new(CType.Size, "threads");

    private static CParameter Correct => new(CType.SizeResult, "correct");

    private static CParameter Loss => new(CType.DoubleResult, "loss");

    private static CParameter BatchesDone => new(CType.SizeResult, "batches_done");

    private static CParameter[] Workspace => [new(CType.Memory, "workspace"), new(CType.Size, "workspace_size")];

    private CParameter[] Options =>
    [
        new(CType.Options(library), "options"),
        new(CType.Memory, "optimizer_state"),
        new(CType.Size, "optimizer_state_size"),
    ];

    private CParameter[] Team => [new(CType.Size, "rank"), Threads, new(CType.Barrier(library), "barrier")];

    private CParameter[] Samples =>
        [new(CType.ConstParameters(_prefix), "parameters"), new(CType.ConstFloats, "X")];

    private CParameter[] Trained => [Parameters, new(CType.ConstFloats, "X"), Targets, Count];

    private string InferenceStatuses =>
        Statuses(NullPointer, InvalidCount, WorkspaceTooSmall, InputNotFinite);

    private string TargetStatuses => Statuses(
    [
        .. Kind == NetworkKind.Classifier ? [LabelOutOfRange] : Array.Empty<NetworkStatus>(),
        Output.IsSoftmax ? InvalidProbabilities : TargetOutOfRange,
        UnsupportedTargets,
        InvalidWeights,
        InvalidTargets,
        UnknownTargetOption,
    ]);

    // What a network of this kind decides of a sample.
    private CFunction[] Decision() => Kind switch
    {
        NetworkKind.Regressor => [],
        NetworkKind.MultiLabelClassifier => [Deciding("predict", "labels", $"""
            Which labels hold for each sample: 1 where A{Output.Number} is above 1/2, else 0; count×{_outputs} numbers.
            """)],
        _ when Output.IsSoftmax => [Deciding("classify", "classes", $"""
            The most probable class of each sample, the lowest among equals: count numbers from 0 to {_outputs - 1}.
            """)],
        _ => [Deciding("classify", "classes", $"""
            The class of each sample: 1 where A{Output.Number} is above 1/2, else 0; count numbers.
            """)],
    };

    private CFunction Deciding(string name, string result, string text) => Function(
        name,
        CType.Status,
        [.. Samples, Count, new(CType.Classes, result), .. Workspace],
        $"{text}\nStatuses: {InferenceStatuses}.",
        $"Classify(parameters, X, count, {result}, workspace, workspace_size)");

    private CFunction Evaluation()
    {
        CParameter[] correct = [Correct];
        CParameter[] numbers = [new(CType.DoubleResult, "mean_absolute_error"), new(CType.DoubleResult, "r_squared")];
        (string figures, CParameter[] results) = Kind switch
        {
            NetworkKind.Classifier => ("how many samples are classified\ncorrectly", correct),
            NetworkKind.MultiLabelClassifier => (
                $"for each label of how many\nsamples it is right: correct has {_outputs} numbers", correct),
            _ => (
                "the mean absolute error and\nR² = 1 − Σ (A − Y)²/Σ (Y − Ȳ)², the mean over the outputs; of an " +
                    "output whose targets are all the same,\nR² is 1 where the network says them exactly, else 0",
                numbers),
        };
        CParameter[] parameters = [.. Samples, Targets, Count, .. Workspace, Loss, .. results];
        return Function("evaluate", CType.Status, parameters, $"""
            The mean loss {Notation.Loss(Output)}, and {figures}.
            Weights count in the loss alone. Results may be null.
            Statuses: those of {_prefix}_forward, {TargetStatuses}, {Statuses(NotFinite)}.
            """, CFunction.CallOf($"{Prefix}Evaluate", parameters));
    }

    private CFunction AddLosses()
    {
        bool counts = Kind != NetworkKind.Regressor;
        string each = Kind == NetworkKind.MultiLabelClassifier ? " of each label" : "";
        string added = counts
            ? $", and how many are\nright{each} to correct: both 0 before the first call, and either may be null"
            : ": 0\nbefore the first call, and it may be null";
        CParameter[] correct = counts ? [Correct] : [];
        CParameter[] parameters =
            [.. Samples, Targets, Count, .. Workspace, new(CType.DoubleResult, "sum"), .. correct];
        return Function("add_losses", CType.Status, parameters, $"""
            Adds the loss of each sample, times its weight, to sum, one by one{added}.
            Samples that are taken in parts, one after the other, leave the bits that they leave in one call, and sum
            over their number, or over the sum of their weights, is the loss of {_prefix}_evaluate. The weights of a
            part may all be 0.
            Statuses: those of {_prefix}_evaluate. On an error nothing is added.
            """, CFunction.CallOf($"{Prefix}AddLosses", parameters));
    }

    // The functions of classifiers have no prefix.
    private string Prefix => Kind switch
    {
        NetworkKind.Classifier => "",
        NetworkKind.MultiLabelClassifier => "Labels",
        _ => "Numbers",
    };

    private string Statuses(params NetworkStatus[] statuses) =>
        string.Join(", ", statuses.Select(status => $"{Upper}_{status.CName()}"));

    private CFunction OfTeam(string name, CParameter[] parameters, string words) => Function(
        $"team_{name}",
        CType.Status,
        parameters,
        $"{words}\nStatuses: those of {_prefix}_{name}, {Statuses(InvalidTeam, InvalidRank)}.",
        CFunction.CallOf(CFunction.Method(name), parameters));

    /// <summary>The call of a team's function by one thread.</summary>
    private static string Alone(string method, IEnumerable<CParameter> parameters) =>
        CFunction.CallOf(method, parameters).Replace("rank, threads, barrier", "0, 1, null");

    /// <summary>A function, behind which as a rule is the method of its name, with the same parameters.</summary>
    private CFunction Function(
        string name, CType returns, CParameter[] parameters, string words, string? call = null)
    {
        IEnumerable<string> shapes = parameters.Select(parameter => parameter.Name switch
        {
            "X" => $"X: count×{_inputs} inputs, finite.",
            "targets" => $"targets: {TargetText}.",
            _ => "",
        });
        string shape = string.Join(" ", shapes.Where(text => text.Length > 0));
        call ??= CFunction.CallOf(CFunction.Method(name), parameters);
        return new(_prefix, name, returns, parameters)
        {
            Call = $"global::AotBackprop.Native.NativeFunctions<Kernels>.{call}",
            Documentation = shape.Length == 0 ? words : $"{words}\n{shape}",
        };
    }
}
