using AotBackprop.Generator.Model;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>The C functions of a network.</summary>
internal sealed class NetworkInterface(NetworkPlan plan, string library)
{
    private const string Functions = "global::AotBackprop.Native.NativeFunctions<Kernels>";

    private readonly string _prefix = plan.Spec.ExportPrefix!;
    private readonly int _inputs = plan.Layers[0].Inputs;
    private readonly int _outputs = plan.OutputLayer.Outputs;

    private string Upper => library.ToUpperInvariant();

    private Initialization Initial => Initializations.DefaultOf(plan.Spec.Activation);

    private string Rows => Output.IsSoftmax ? ", each row summing to 1" : "";

    public IReadOnlyList<CFunction> All =>
    [
        Function(
            CType.UInt64,
            "fingerprint",
            [],
            $"Fingerprint(0x{Fingerprint.Of(plan.Spec):x16})",
            $"""
            Which network the library has: FNV-1a of "{Fingerprint.Text(plan.Spec)}". A program that compares it
            with {_prefix.ToUpperInvariant()}_FINGERPRINT, before any other call, finds out that library and header are
            of different sizes.
            """),
        Function(
            CType.Status,
            "initialize",
            [new(CType.Parameters(_prefix), "parameters"), new(CType.Seed, "seed")],
            $"Initialize(parameters, seed, {(int)Initial})",
            $"""
            {_prefix}_initialize_with {Upper}_{Initial.CName()}.
            Statuses: {Statuses("NULL_POINTER", "FLOATING_POINT_ENVIRONMENT")}.
            """),
        Function(
            CType.Status,
            "initialize_with",
            [new(CType.Parameters(_prefix), "parameters"), new(CType.Seed, "seed"), new(CType.Int32, "initialization")],
            "Initialize(parameters, seed, initialization)",
            $"""
            Draws the first weights and biases: initialization is {Upper}_{Initial.CName()}, … The same
            seed gives the same bits
            on every machine.
            Statuses: {Statuses("NULL_POINTER", "FLOATING_POINT_ENVIRONMENT")}; {Upper}_UNKNOWN_INITIALIZATION.
            """),
        Function(
            CType.Size,
            "workspace_size",
            [new(CType.Size, "batch")],
            "WorkspaceSize(batch)",
            $"""
            Bytes of scratch memory for training on batches of up to so many samples; SIZE_MAX where no memory could
            hold it. Inference takes the workspace of any batch, of 1 or more, for any number of samples, and works
            in parts of its size.
            """),
        Function(
            CType.Size,
            "epoch_workspace_size",
            [new(CType.Size, "count"), new(CType.Size, "batch_size")],
            "EpochWorkspaceSize(count, batch_size)",
            $"""
            Bytes of scratch memory for {_prefix}_train_epoch over so many samples in batches of so many; SIZE_MAX
            where no memory could hold it.
            """),
        Function(
            CType.Size,
            "team_workspace_size",
            [new(CType.Size, "batch"), new(CType.Size, "threads")],
            "TeamWorkspaceSize(batch, threads)",
            $"""
            Bytes of scratch memory that so many threads share in {_prefix}_team_train_step, on batches of up to so many
            samples; SIZE_MAX where no memory could hold it.
            """),
        Function(
            CType.Size,
            "team_epoch_workspace_size",
            [new(CType.Size, "count"), new(CType.Size, "batch_size"), new(CType.Size, "threads")],
            "TeamEpochWorkspaceSize(count, batch_size, threads)",
            $"""
            Bytes of scratch memory that so many threads share in {_prefix}_team_train_epoch; SIZE_MAX where no memory
            could hold it.
            """),
        Function(
            CType.Size,
            "optimizer_state_size",
            [new(CType.Options(library), "options")],
            "OptimizerStateSize(options)",
            $"""
            Bytes of optimizer_state for these options: 0 for {Upper}_SGD that does not clip. SIZE_MAX for options that
            this library cannot follow. Zero the buffer before the first step; between steps it may be copied, and only
            the library writes to it. A float's alignment will do, and a multiple of 64 bytes is fastest. It is that of
            one optimizer and network: numbers such as the learning rate may change from step to step.
            """),
        Function(
            CType.Status,
            "forward",
            [.. Samples(), Count, new(CType.Floats, Outputs), .. Workspace],
            $"Forward(parameters, X, count, {Outputs}, workspace, workspace_size)",
            $"""
            {OutputFunction.Of(Output).Gives}: A{Output.Number}, count×{_outputs}{Rows}.
            A sample's bits do not depend on the batch it comes in. X and {Outputs} do not overlap.
            Statuses: {InferenceStatuses}.
            """),
        .. Decision(),
        Evaluation(),
        AddLosses(),
        Function(
            CType.Status,
            "gradient",
            [.. Samples(), Targets, Count, new(CType.Parameters(_prefix), "gradient"), .. Workspace, Loss],
            "Gradient(parameters, X, targets, count, gradient, workspace, workspace_size, loss)",
            $"""
            The mean loss, and its derivative by each parameter, which overwrites gradient: {Gradients}.
            gradient overlaps nothing else. loss may be null.
            Statuses: those of {_prefix}_forward, {TargetStatuses}, {Statuses("NOT_FINITE")}.
            """),
        Function(
            CType.Status,
            "apply",
            [new(CType.Parameters(_prefix), "parameters"), new(CType.ConstParameters(_prefix), "gradient"), .. Options],
            "Apply(parameters, gradient, options, optimizer_state, optimizer_state_size)",
            $"""
            One step of the optimizer by a gradient: W ← W − η dW, b ← b − η db in {Upper}_SGD.
            optimizer_state may be null where it needs no bytes.
            Statuses: {Statuses("NULL_POINTER", "OPTIMIZER_STATE_TOO_SMALL", "INVALID_OPTIMIZER_STATE", "NOT_FINITE")},
            and those of {library}_describe_options.
            """),
        Function(
            CType.Status,
            "train_step",
            [.. Trained, .. Options, .. Workspace, Loss],
            "TrainStep(parameters, X, targets, count, options, optimizer_state, optimizer_state_size, 0, 1, null, " +
                "workspace, workspace_size, loss)",
            $"""
            One step of the optimizer on a batch: the same bits as {_prefix}_gradient and {_prefix}_apply, in one pass
            that stores no weight gradient, but where clip_norm asks for its norm. loss receives the mean loss before
            the update, and may be null.
            Statuses: those of {_prefix}_forward and {_prefix}_apply, {TargetStatuses}.
            Whatever the status but {Upper}_OK, parameters and optimizer_state are as they were.
            """),
        Function(
            CType.Status,
            "train_epoch",
            [.. Trained, Epoch, .. Options, .. Workspace, Loss, BatchesDone],
            "TrainEpoch(parameters, X, targets, count, epoch, options, optimizer_state, optimizer_state_size, 0, 1, " +
                "null, workspace, workspace_size, loss, batches_done)",
            $"""
            One pass over a training set of count samples, below 2^31, in shuffled batches, or the range of its batches
            that epoch names; the last batch may be short and counts with its own mean. The bits do not depend on how
            an epoch is cut into ranges. All of the data is validated first. loss receives the mean over the samples
            trained on of the loss before each one's update, batches_done the number of batches; both may be null.
            Statuses: those of {_prefix}_train_step,
            {Statuses("INVALID_EPOCH", "UNKNOWN_EPOCH_OPTION", "INVALID_BATCH", "INVALID_BATCH_RANGE")}.
            Where a batch is {Upper}_NOT_FINITE the updates of the batches before it stay, and batches_done counts
            them. A call that the stop flag ends returns {Upper}_OK, with the loss and the number of the batches before.
            """),
        Function(
            CType.Status,
            "team_train_step",
            [.. Trained, .. Options, .. Team, .. Workspace, Loss],
            "TrainStep(parameters, X, targets, count, options, optimizer_state, optimizer_state_size, rank, threads, " +
                "barrier, workspace, workspace_size, loss)",
            $"""
            {_prefix}_train_step by several threads, each of which makes this call at once: see {library}_barrier.
            workspace has {_prefix}_team_workspace_size bytes.
            Statuses: those of {_prefix}_train_step, {Statuses("INVALID_TEAM", "INVALID_RANK")}.
            """),
        Function(
            CType.Status,
            "team_train_epoch",
            [.. Trained, Epoch, .. Options, .. Team, .. Workspace, Loss, BatchesDone],
            "TrainEpoch(parameters, X, targets, count, epoch, options, optimizer_state, optimizer_state_size, rank, " +
                "threads, barrier, workspace, workspace_size, loss, batches_done)",
            $"""
            {_prefix}_train_epoch by several threads, each of which makes this call at once: see {library}_barrier. The
            stop flag of rank 0 counts. workspace has {_prefix}_team_epoch_workspace_size bytes.
            Statuses: those of {_prefix}_train_epoch, {Statuses("INVALID_TEAM", "INVALID_RANK")}.
            """),
    ];

    private LayerPlan Output => plan.OutputLayer;

    private NetworkKind Kind => plan.Spec.Kind;

    // The parameter that receives A.
    private string Outputs => Output.OutputKind == AotBackprop.Output.Linear ? "outputs" : "probabilities";

    private CParameter Targets => new(CType.Targets(library), "targets");

    private static CParameter Correct => new(CType.SizeResult, "correct");

    private string TargetText => plan.Spec.Output switch
    {
        AotBackprop.Output.Softmax =>
            $"count labels from 0 to {_outputs - 1}, or count×{_outputs} probabilities, each row summing to 1 within " +
                "1e-4",
        AotBackprop.Output.Sigmoid when _outputs == 1 => "count labels, 0 or 1, or count values from 0 to 1",
        AotBackprop.Output.Sigmoid => $"count×{_outputs} values from 0 to 1",
        _ => $"count×{_outputs} finite values",
    };

    private string Gradients => string.Join(", ", plan.Layers.Reverse().SelectMany(l =>
        new[] { Notation.WeightGradient(l), Notation.BiasGradient(l) }));

    private static IEnumerable<CParameter> Workspace =>
        [new(CType.Memory, "workspace"), new(CType.Size, "workspace_size")];

    private IEnumerable<CParameter> Options =>
    [
        new(CType.Options(library), "options"),
        new(CType.Memory, "optimizer_state"),
        new(CType.Size, "optimizer_state_size"),
    ];

    private CParameter Epoch => new(CType.Epoch(library), "epoch");

    private static CParameter Count => new(CType.Size, "count");

    private static CParameter Loss => new(CType.DoubleResult, "loss");

    private static CParameter BatchesDone => new(CType.SizeResult, "batches_done");

    private IEnumerable<CParameter> Team =>
        [new(CType.Size, "rank"), new(CType.Size, "threads"), new(CType.Barrier(library), "barrier")];

    private IEnumerable<CParameter> Samples() =>
        [new(CType.ConstParameters(_prefix), "parameters"), new(CType.ConstFloats, "X")];

    private IEnumerable<CParameter> Trained =>
        [new(CType.Parameters(_prefix), "parameters"), new(CType.ConstFloats, "X"), Targets, Count];

    private string InferenceStatuses =>
        Statuses("NULL_POINTER", "INVALID_COUNT", "WORKSPACE_TOO_SMALL", "INPUT_NOT_FINITE");

    private string TargetStatuses => Statuses(
    [
        .. Kind == NetworkKind.Classifier ? ["LABEL_OUT_OF_RANGE"] : Array.Empty<string>(),
        Output.IsSoftmax ? "INVALID_PROBABILITIES" : "TARGET_OUT_OF_RANGE",
        "UNSUPPORTED_TARGETS",
        "INVALID_WEIGHTS",
        "INVALID_TARGETS",
        "UNKNOWN_TARGET_OPTION",
    ]);

    // What a network of this kind decides of a sample.
    private IEnumerable<CFunction> Decision()
    {
        if (Kind == NetworkKind.Classifier)
        {
            string text = Output.IsSoftmax
                ? $"The most probable class of each sample, the lowest among equals: count numbers from 0 to " +
                    $"{_outputs - 1}."
                : $"The class of each sample: 1 where A{Output.Number} is above 1/2, else 0; count numbers.";
            yield return Deciding("classify", "classes", text);
        }
        else if (Kind == NetworkKind.MultiLabelClassifier)
        {
            yield return Deciding(
                "predict",
                "labels",
                $"Which labels hold for each sample: 1 where A{Output.Number} is above 1/2, else 0; " +
                    $"count×{_outputs} numbers.");
        }

        CFunction Deciding(string name, string result, string text) => Function(
            CType.Status,
            name,
            [.. Samples(), Count, new(CType.Classes, result), .. Workspace],
            $"Classify(parameters, X, count, {result}, workspace, workspace_size)",
            $"""
            {text}
            Statuses: {InferenceStatuses}.
            """);
    }

    private CFunction Evaluation()
    {
        (string figures, string arguments, CParameter[] results) = Kind switch
        {
            NetworkKind.Classifier => ("how many samples are classified\ncorrectly", "correct", [Correct]),
            NetworkKind.MultiLabelClassifier => (
                $"for each label of how many\nsamples it is right: correct has {_outputs} numbers",
                "correct",
                [Correct]),
            _ => (
                "the mean absolute error and\nR² = 1 − Σ (A − Y)²/Σ (Y − Ȳ)², the mean over the outputs; of an " +
                    "output whose targets are all the same,\nR² is 1 where the network says them exactly, else 0",
                "mean_absolute_error, r_squared",
                new CParameter[]
                {
                    new(CType.DoubleResult, "mean_absolute_error"),
                    new(CType.DoubleResult, "r_squared"),
                }),
        };
        return Function(
            CType.Status,
            "evaluate",
            [.. Samples(), Targets, Count, .. Workspace, Loss, .. results],
            $"{Prefix}Evaluate(parameters, X, targets, count, workspace, workspace_size, loss, {arguments})",
            $"""
            The mean loss {Notation.Loss(Output)}, and {figures}.
            Weights count in the loss alone. Results may be null.
            Statuses: those of {_prefix}_forward, {TargetStatuses}, {Statuses("NOT_FINITE")}.
            """);
    }

    private CFunction AddLosses()
    {
        bool counts = Kind != NetworkKind.Regressor;
        string each = Kind == NetworkKind.MultiLabelClassifier ? " of each label" : "";
        string added = counts
            ? $", and how many are\nright{each} to correct: both 0 before the first call, and either may be null"
            : ": 0\nbefore the first call, and it may be null";
        return Function(
            CType.Status,
            "add_losses",
            [
                .. Samples(), Targets, Count, .. Workspace, new(CType.DoubleResult, "sum"),
                .. counts ? [Correct] : Array.Empty<CParameter>(),
            ],
            $"{Prefix}AddLosses(parameters, X, targets, count, workspace, workspace_size, sum" +
                $"{(counts ? ", correct" : "")})",
            $"""
            Adds the loss of each sample, times its weight, to sum, one by one{added}.
            Samples that are taken in parts, one after the other, leave the bits that they leave in one call, and sum
            over their number, or over the sum of their weights, is the loss of {_prefix}_evaluate. The weights of a
            part may all be 0.
            Statuses: those of {_prefix}_evaluate. On an error nothing is added.
            """);
    }

    // The functions of classifiers have no prefix.
    private string Prefix => Kind switch
    {
        NetworkKind.Classifier => "",
        NetworkKind.MultiLabelClassifier => "Labels",
        _ => "Numbers",
    };

    private string Statuses(params string[] names) => string.Join(", ", names.Select(n => $"{Upper}_{n}"));

    private CFunction Function(
        CType returns, string name, IReadOnlyList<CParameter> parameters, string call, string documentation)
    {
        List<string> shapes = [];
        foreach (CParameter parameter in parameters)
        {
            if (parameter.Name == "X")
            {
                shapes.Add($"X: count×{_inputs} inputs, finite.");
            }
            else if (parameter.Name == "targets")
            {
                shapes.Add($"targets: {TargetText}.");
            }
        }

        string text = string.Join(
            "\n", new[] { documentation.Replace("\r", ""), string.Join(" ", shapes) }.Where(t => t.Length > 0));
        return new CFunction($"{_prefix}_{name}", returns, parameters, $"{Functions}.{call}", text);
    }
}
