using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>The C functions of a network.</summary>
internal sealed class NetworkInterface(NetworkPlan plan, string library)
{
    private const string Functions = "global::AotBackprop.Native.NativeFunctions<Kernels>";

    private readonly string _prefix = plan.Spec.ExportPrefix!;
    private readonly int _inputs = plan.Layers[0].Inputs;
    private readonly int _classes = plan.OutputLayer.Outputs;

    private string Upper => library.ToUpperInvariant();

    private Initialization Initial => Initializations.DefaultOf(plan.Spec.Activation);

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
            [.. Samples(), new(CType.Size, "count"), new(CType.Floats, "probabilities"), .. Workspace],
            "Forward(parameters, X, count, probabilities, workspace, workspace_size)",
            $"""
            The probabilities of the classes: A{Output.Number}, count×{_classes}, each row summing to 1.
            A sample's bits do not depend on the batch it comes in. X and probabilities do not overlap.
            Statuses: {Statuses("NULL_POINTER", "INVALID_COUNT", "WORKSPACE_TOO_SMALL", "INPUT_NOT_FINITE")}.
            """),
        Function(
            CType.Status,
            "classify",
            [.. Samples(), new(CType.Size, "count"), new(CType.Classes, "classes"), .. Workspace],
            "Classify(parameters, X, count, classes, workspace, workspace_size)",
            $"""
            The most probable class of each sample, the lowest among equals: count numbers from 0 to {_classes - 1}.
            Statuses: {Statuses("NULL_POINTER", "INVALID_COUNT", "WORKSPACE_TOO_SMALL", "INPUT_NOT_FINITE")}.
            """),
        .. ForTargets("evaluate", Y =>
            ([.. Samples(), Y, Count, .. Workspace, Loss, new(CType.SizeResult, "correct")],
            "Evaluate(parameters, X, {0}, count, workspace, workspace_size, loss, correct)",
            $"""
            The mean loss {Notation.Loss(Output)}, and how many samples are classified
            correctly. loss and correct may be null.
            Statuses: those of {_prefix}_forward, {Statuses(TargetStatus(Y), "NOT_FINITE")}.
            """)),
        .. ForTargets("add_losses", Y =>
            ([.. Samples(), Y, Count, .. Workspace, new(CType.DoubleResult, "sum"), new(CType.SizeResult, "correct")],
            "AddLosses(parameters, X, {0}, count, workspace, workspace_size, sum, correct)",
            $"""
            Adds the loss of each sample to sum, one by one, and how many are classified correctly to correct: both 0
            before the first call, and either may be null. Samples that are taken in parts, one after the other, leave
            the bits that they leave in one call, and sum over their number is the loss of {_prefix}_evaluate.
            Statuses: those of {_prefix}_evaluate{(Y.Type == CType.Labels ? "" : "_probabilities")}. On an error nothing
            is added.
            """)),
        .. ForTargets("gradient", Y =>
            ([.. Samples(), Y, Count, new(CType.Parameters(_prefix), "gradient"), .. Workspace, Loss],
            "Gradient(parameters, X, {0}, count, gradient, workspace, workspace_size, loss)",
            $"""
            The mean loss, and its derivative by each parameter, which overwrites gradient: {Gradients}.
            gradient overlaps nothing else. loss may be null.
            Statuses: those of {_prefix}_forward, {Statuses(TargetStatus(Y), "NOT_FINITE")}.
            """)),
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
        .. ForTargets("train_step", Y =>
            ([.. Trained(Y), .. Options, .. Workspace, Loss],
            "TrainStep(parameters, X, {0}, count, options, optimizer_state, optimizer_state_size, 0, 1, null, " +
                "workspace, workspace_size, loss)",
            $"""
            One step of the optimizer on a batch: the same bits as {_prefix}_gradient and {_prefix}_apply, in one pass
            that stores no weight gradient, but where clip_norm asks for its norm. loss receives the mean loss before
            the update, and may be null.
            Statuses: those of {_prefix}_forward and {_prefix}_apply, {Statuses(TargetStatus(Y))}.
            Whatever the status but {Upper}_OK, parameters and optimizer_state are as they were.
            """)),
        .. ForTargets("train_epoch", Y =>
            ([.. Trained(Y), Epoch, .. Options, .. Workspace, Loss, BatchesDone],
            "TrainEpoch(parameters, X, {0}, count, epoch, options, optimizer_state, optimizer_state_size, 0, 1, " +
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
            """)),
        .. ForTargets("team_train_step", Y =>
            ([.. Trained(Y), .. Options, .. Team, .. Workspace, Loss],
            "TrainStep(parameters, X, {0}, count, options, optimizer_state, optimizer_state_size, rank, threads, " +
                "barrier, workspace, workspace_size, loss)",
            $"""
            {_prefix}_train_step by several threads, each of which makes this call at once: see {library}_barrier.
            workspace has {_prefix}_team_workspace_size bytes.
            Statuses: those of {_prefix}_train_step, {Statuses("INVALID_TEAM", "INVALID_RANK")}.
            """)),
        .. ForTargets("team_train_epoch", Y =>
            ([.. Trained(Y), Epoch, .. Options, .. Team, .. Workspace, Loss, BatchesDone],
            "TrainEpoch(parameters, X, {0}, count, epoch, options, optimizer_state, optimizer_state_size, rank, " +
                "threads, barrier, workspace, workspace_size, loss, batches_done)",
            $"""
            {_prefix}_train_epoch by several threads, each of which makes this call at once: see {library}_barrier. The
            stop flag of rank 0 counts. workspace has {_prefix}_team_epoch_workspace_size bytes.
            Statuses: those of {_prefix}_train_epoch, {Statuses("INVALID_TEAM", "INVALID_RANK")}.
            """)),
    ];

    private LayerPlan Output => plan.OutputLayer;

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

    private IEnumerable<CParameter> Trained(CParameter targets) =>
        [new(CType.Parameters(_prefix), "parameters"), new(CType.ConstFloats, "X"), targets, Count];

    /// <summary>A function for class numbers, and one for rows of probabilities.</summary>
    private IEnumerable<CFunction> ForTargets(
        string name, Func<CParameter, (CParameter[] Parameters, string Call, string Documentation)> describe)
    {
        yield return Of(name, new(CType.Labels, "labels"));
        yield return Of(name + "_probabilities", new(CType.ConstFloats, "Y"));

        CFunction Of(string function, CParameter targets)
        {
            (CParameter[] parameters, string call, string documentation) = describe(targets);
            string filled = call.Replace("{0}", $"global::AotBackprop.Runtime.BatchTargets.Of({targets.Name})");
            return Function(CType.Status, function, parameters, filled, documentation);
        }
    }

    private string Statuses(params string[] names) => string.Join(", ", names.Select(n => $"{Upper}_{n}"));

    private static string TargetStatus(CParameter targets) =>
        targets.Type == CType.Labels ? "LABEL_OUT_OF_RANGE" : "INVALID_PROBABILITIES";

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
            else if (parameter.Name == "labels")
            {
                shapes.Add($"labels: count class numbers from 0 to {_classes - 1}.");
            }
            else if (parameter.Name == "Y")
            {
                shapes.Add($"Y: count×{_classes} probabilities, each row summing to 1 within 1e-4.");
            }
        }

        string text = string.Join(
            "\n", new[] { documentation.Replace("\r", ""), string.Join(" ", shapes) }.Where(t => t.Length > 0));
        return new CFunction($"{_prefix}_{name}", returns, parameters, $"{Functions}.{call}", text);
    }
}
