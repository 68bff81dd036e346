using AotBackprop.Generator.Model;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Printing.SourceWriter;

namespace AotBackprop.Generator.Printing;

/// <summary>Prints the members that a user sees: thin bodies, and documentation with each equation.</summary>
internal sealed class MembersPrinter(NetworkPlan plan)
{
    private const string Library = "global::AotBackprop";
    private const string Floats = "global::System.ReadOnlySpan<float>";
    private const string Span = "global::System.Span<float>";
    private const string InitializationType = $"{Library}.Initialization";

    private const string Seed =
        """/// <param name="seed">The same seed gives the same bits on every machine.</param>""";
    private const string Drawn = """/// <param name="initialization">How the parameters are drawn.</param>""";
    private const string Shared =
        "/// <remarks>Safe from many threads at once while none trains; one that is noticed to makes it " +
            "throw.</remarks>";

    private const string Alone = "Nothing else may run on the object meanwhile: what is noticed to, throws.";
    private const string Rate = """/// <param name="learningRate">η, finite and not negative.</param>""";
    private const string UsedOptimizer =
        """/// <param name="optimizer">The optimizer, which no other network has used.</param>""";
    private const string Optimizer = $"{Library}.Optimizer optimizer";
    private const string Targets = $"{Library}.Targets";

    private LayerPlan Output => plan.OutputLayer;

    private string Initial => $"{InitializationType}.{Initializations.DefaultOf(plan.Spec.Activation)}";

    private string Name => plan.Spec.Name;

    private string Inputs =>
        $"""/// <param name="X">N×{plan.Layers[0].Inputs} inputs, a sample a row, all finite.</param>""";

    // The batch of samples that a loss is of.
    private string Batch => $"""
        {Inputs}
        /// <param name="targets">{TargetText}.</param>
        """;

    private string GivenGradient =>
        $"""
        /// <param name="gradient">{plan.ParameterCount} finite floats in the order of <see \
        cref="Parameters"/>.</param>
        """;

    /// <summary>The interfaces of the type.</summary>
    public static string Interfaces(NetworkSpec spec) =>
        $"{Library}.INetwork<{spec.Name}>, {Library}.I{spec.Kind}";

    public string Text => $$"""
        {{Making}}

        {{Inference}}

        {{Steps}}

        {{Epochs}}

        {{Reading}}

        /// <summary>A gradient by the names of its parts.</summary>
        {{GeneratedMark.Attributes}}
        public readonly ref struct GradientView
        {
            private readonly {{Span}} _gradient;

            /// <summary>Names the parts of a gradient.</summary>
            /// <param name="gradient">What Gradient has written.</param>
            public GradientView({{Span}} gradient) => _gradient = gradient;

            {{Lines(plan.Layers.Select(PartsOfGradient))}}
        }

        /// <summary>Every intermediate of one batch, dense and row-major, in the order of the derivation.</summary>
        {{GeneratedMark.Attributes}}
        public sealed class Derivation
        {
            private readonly {{Library}}.Runtime.NetworkTrace _trace;

            internal Derivation({{Library}}.Runtime.NetworkTrace trace) => _trace = trace;

            {{Lines(plan.Layers.Select(Intermediates))}}
            /// <summary>{{Notation.Loss(Output)}}.</summary>
            public double Loss => _trace.Loss;

            {{Lines(plan.Layers.Reverse().Select(Gradients))}}
        }
        """;

    // What is not as the interface has it.
    private string Functions
    {
        get
        {
            NetworkSpec spec = plan.Spec;
            const string A = $"{Library}.Activation", O = $"{Library}.Output";
            string Own(bool isOwn, string type, string member, string value) =>
                isOwn ? $"static {type} {Library}.INetwork<{Name}>.{member} => {value};\n\n" : "";
            return Own(spec.Activation != Activation.Relu, A, "HiddenActivation", $"{A}.{spec.Activation}")
                + Own(spec.Output != AotBackprop.Output.Softmax, O, "OutputKind", $"{O}.{spec.Output}")
                + Own(spec.HuberDelta != 1, "float", "HuberDelta", CSharpPrinter.Text(spec.HuberDelta));
        }
    }

    private string Making => $$"""
        private readonly {{Library}}.Runtime.NetworkInstance<global::{{plan.Spec.EmittedNamespace}}.Kernels> _instance;

        /// <summary>A new network, its first weights drawn as by <see cref="{{Initial}}"/>.</summary>
        {{Seed}}
        public {{Name}}(ulong seed) : this(seed, {{Initial}})
        {
        }

        /// <summary>A new network.</summary>
        {{Seed}}
        {{Drawn}}
        public {{Name}}(ulong seed, {{InitializationType}} initialization) => _instance = new(seed, initialization);

        /// <summary>The number of inputs, of the units of each hidden layer, and of outputs.</summary>
        public static global::System.ReadOnlySpan<int> LayerSizes => new int[] \
        { {{string.Join(", ", plan.Spec.Sizes)}} };

        {{Functions}}
        /// <summary>Weights and biases in all.</summary>
        public static int ParameterCount => {{plan.ParameterCount}};

        /// <inheritdoc cref="{{Name}}(ulong)"/>
        public static {{Name}} Create(ulong seed) => new(seed);

        /// <inheritdoc cref="{{Name}}(ulong, {{InitializationType}})"/>
        public static {{Name}} Create(ulong seed, {{InitializationType}} initialization) => new(seed, initialization);

        /// <summary>All parameters in the order \
        {{string.Join(", ", plan.Layers.Select(l => $"W{l.Number}, b{l.Number}"))}}: \
        the object's own memory. A span of it stays valid when the object is disposed.</summary>
        public {{Span}} Parameters => _instance.Parameters;

        {{Lines(plan.Layers.Select(PartsOfParameters))}}
        /// <summary>Draws the parameters anew, as by <see cref="{{Initial}}"/>.</summary>
        {{Seed}}
        public void Initialize(ulong seed) => _instance.Initialize(seed, {{Initial}});

        /// <summary>Draws the parameters anew.</summary>
        {{Seed}}
        {{Drawn}}
        public void Initialize(ulong seed, {{InitializationType}} initialization) => _instance.Initialize(seed, \
        initialization);

        /// <summary>Replaces all parameters.</summary>
        /// <param name="parameters">{{plan.ParameterCount}} finite floats in the order of <see \
        cref="Parameters"/>.</param>
        public void SetParameters({{Floats}} parameters) => _instance.SetParameters(parameters);
        """;

    private string PartsOfParameters(LayerPlan layer)
    {
        int l = layer.Number;
        return $"""
            /// <summary>The weights of layer {l}, {layer.Inputs}×{layer.Outputs}, row-major: \
            {Notation.Forward(layer)}.</summary>
            /// <remarks>{Notation.WeightGradient(layer)}; {Notation.Update($"W{l}")}.</remarks>
            public {Span} W{l} => _instance.Parameters.Slice({layer.WeightsOffset}, {layer.Weights});

            /// <summary>The biases of layer {l}, {layer.Outputs} of them: {Notation.Forward(layer)}.</summary>
            /// <remarks>{Notation.BiasGradient(layer)}; {Notation.Update($"b{l}")}.</remarks>
            public {Span} b{l} => _instance.Parameters.Slice({layer.BiasOffset}, {layer.Outputs});

            """;
    }

    private string Inference => $"""
        /// <summary>{OutputFunction.Of(Output).Gives}: {string.Join("; ", plan.Layers.Select(Notation.Forward))}; \
        {Notation.Output(Output)}{(Output.IsSoftmax ? " by rows" : "")}.</summary>
        {Shared}
        {Inputs}
        /// <param name="outputs">Receives A{Output.Number}, N×{Output.Outputs}\
        {(Output.IsSoftmax ? "; each row sums to 1" : "")}.</param>
        public void Forward({Floats} X, {Span} outputs) => _instance.Forward(X, outputs);

        {Decision}
        /// <summary>The {OutputFunction.Of(Output).LossName}: {Notation.Loss(Output)}.</summary>
        {Shared}
        {Batch}
        public double Loss({Floats} X, {Targets} targets) => _instance.Loss(X, targets);

        {Evaluation}
        """;

    private string Decision => plan.Spec.Kind switch
    {
        NetworkKind.Regressor => "",
        NetworkKind.MultiLabelClassifier => Deciding(
            "Predict",
            "labels",
            $"N×{Output.Outputs} of 0 and 1",
            $"Which labels hold for each sample: 1 where A{Output.Number} is above ½, else 0"),
        _ => Deciding("Classify", "classes", "N class numbers", Output.IsSoftmax
            ? "The most probable class of each sample, the lowest among equals"
            : $"The class of each sample: 1 where A{Output.Number} is above ½, else 0"),
    };

    private string Deciding(string method, string result, string contents, string summary) => $"""
        /// <summary>{summary}.</summary>
        {Shared}
        {Inputs}
        /// <param name="{result}">Receives {contents}.</param>
        public void {method}({Floats} X, global::System.Span<int> {result}) => _instance.Classify(X, {result});

        """;

    private string Evaluation => plan.Spec.Kind switch
    {
        NetworkKind.Classifier => Evaluating("", "", "how many samples are classified correctly"),
        NetworkKind.Regressor => Evaluating("Regression", "Numbers", "the mean absolute error, and R²"),
        _ => Evaluating("MultiLabel", "Labels", "for each label how often it is right"),
    };

    private string Evaluating(string kind, string suffix, string figures) => $"""
        /// <summary>The {OutputFunction.Of(Output).LossName} {Notation.Loss(Output)}, and {figures}.</summary>
        {Shared}
        {Batch}
        public {Library}.{kind}Evaluation Evaluate({Floats} X, {Targets} targets) => \
        _instance.Evaluate{suffix}(X, targets);
        """;

    private string Steps => $$"""
        /// <summary>How many threads share a step: 1, unless more are asked for. No bit depends on it.</summary>
        /// <remarks>They start with the first step that needs them, and end when the object is disposed.</remarks>
        public int Threads
        {
            get => _instance.Threads;
            set => _instance.Threads = value;
        }

        /// <summary>The loss and its derivative by every parameter: {{Backward}}.</summary>
        /// <remarks>{{Alone}}</remarks>
        {{Batch}}
        /// <param name="gradient">Receives {{plan.ParameterCount}} floats in the order of <see cref="Parameters"/>; \
        <see cref="GradientView"/> names them.</param>
        /// <returns>{{Notation.Loss(Output)}}.</returns>
        public double Gradient({{Floats}} X, {{Targets}} targets, {{Span}} gradient) => \
        _instance.Gradient(X, targets, gradient);

        /// <summary>One step down a gradient: W ← W − η dW, b ← b − η db.</summary>
        /// <remarks>{{Alone}}</remarks>
        {{GivenGradient}}
        {{Rate}}
        public void Apply({{Floats}} gradient, float learningRate) => _instance.Apply(gradient, learningRate);

        /// <summary>One step of an optimizer by a gradient.</summary>
        /// <remarks>{{Alone}}</remarks>
        {{GivenGradient}}
        {{UsedOptimizer}}
        public void Apply({{Floats}} gradient, {{Optimizer}}) => _instance.Apply(gradient, optimizer);

        /// <summary>One step of gradient descent, the same bits as Gradient and Apply: {{Backward}}; W ← W − η dW, b \
        ← b − η db.</summary>
        /// <remarks>Allocates nothing once a batch of this size has been seen. {{Alone}}</remarks>
        {{Batch}}
        {{Rate}}
        /// <returns>The loss before the update.</returns>
        public double TrainStep({{Floats}} X, {{Targets}} targets, float learningRate) => \
        _instance.TrainStep(X, targets, learningRate);

        /// <summary>One step of an optimizer, the same bits as Gradient and Apply.</summary>
        /// <remarks>Allocates nothing once optimizer and batch size have been seen. {{Alone}}</remarks>
        {{Batch}}
        {{UsedOptimizer}}
        /// <returns>The loss before the update.</returns>
        public double TrainStep({{Floats}} X, {{Targets}} targets, {{Optimizer}}) => \
        _instance.TrainStep(X, targets, optimizer);
        """;

    private string Epochs => $"""
        /// <summary>One pass over a training set in shuffled batches; the last may be short, and counts with its own \
        mean.</summary>
        /// <remarks>{Alone}</remarks>
        {Batch}
        /// <param name="batchSize">Samples in a batch.</param>
        {Rate}
        /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
        /// <param name="epoch">The number of the epoch, 0 or more: each has an order of its own.</param>
        /// <returns>The mean over the samples of the loss before each one's update.</returns>
        public double TrainEpoch({Floats} X, {Targets} targets, int batchSize, float learningRate, ulong seed, \
        int epoch) => \
        _instance.TrainEpoch(X, targets, batchSize, learningRate, seed, epoch);

        /// <inheritdoc cref="TrainEpoch({Cref(Floats)}, {Targets}, int, float, ulong, int)"/>
        {UsedOptimizer}
        public double TrainEpoch({Floats} X, {Targets} targets, int batchSize, {Optimizer}, ulong seed, int epoch) => \
        _instance.TrainEpoch(X, targets, batchSize, optimizer, seed, epoch);
        """;

    private string Reading => $"""
        /// <summary>Every intermediate of the derivation by its name, as the kernels compute it. No parameter is \
        changed.</summary>
        /// <remarks>Made for reading, not for speed. {Alone}</remarks>
        {Batch}
        public Derivation Trace({Floats} X, {Targets} targets) => new(_instance.Trace(X, targets));

        /// <summary>Ends the threads; every later call throws. Spans of the parameters stay valid.</summary>
        public void Dispose() => _instance.Dispose();

        {(plan.Spec.Kind == NetworkKind.Classifier
            ? $"""
                /// <inheritdoc cref="Trace({Cref(Floats)}, {Targets})"/>
                {Inputs}
                /// <param name="Y">N×{Output.Outputs} values.</param>
                /// <param name="normalize">Whether each row of Y is divided by its sum first.</param>
                public Derivation Trace({Floats} X, {Floats} Y, bool normalize) => \
                Trace(X, normalize ? new {Targets}(Y).Normalized() : Y);
                """
            : "")}
        """;

    private string TargetText => plan.Spec.Kind != NetworkKind.Classifier ? Notation.Values(Output, "N")
        : $"N class numbers, {(Output.IsSoftmax ? $"0 to {Output.Outputs - 1}" : "0 and 1")}, or " +
            Notation.Values(Output, "N");

    private static string Cref(string types) => types.Replace('<', '{').Replace('>', '}');

    /// <summary>The equations of the way back, in their order.</summary>
    private string Backward => string.Join("; ",
    [
        $"{Notation.OutputGradient(Output)}, because {OutputFunction.Of(Output).Reason}",
        .. Notation.Gradients(plan).Select(equations => string.Join("; ", equations)),
    ]);

    private static string PartsOfGradient(LayerPlan layer) => $"""
        /// <summary>{Notation.WeightGradient(layer)}, {layer.Inputs}×{layer.Outputs}, row-major.</summary>
        public {Span} dW{layer.Number} => _gradient.Slice({layer.WeightsOffset}, {layer.Weights});

        /// <summary>{Notation.BiasGradient(layer)}, {layer.Outputs} of them.</summary>
        public {Span} db{layer.Number} => _gradient.Slice({layer.BiasOffset}, {layer.Outputs});

        """;

    private static string Intermediates(LayerPlan layer)
    {
        int l = layer.Number;
        string activation = layer.IsOutput ? Notation.Output(layer) : Notation.HiddenActivation(layer);
        return Matrix($"Z{l}", $"Z{l} = {Notation.Input(layer)} W{l} + b{l}, N×{layer.Outputs}", $"Z[{l - 1}]")
            + Matrix($"A{l}", $"{activation}, N×{layer.Outputs}", $"A[{l - 1}]");
    }

    private string Gradients(LayerPlan layer)
    {
        int l = layer.Number;
        string dA = layer.IsOutput
            ? $"∂L/∂A{l} = {Notation.LossGradient(layer)}"
            : Notation.ActivationGradient(plan.Layers[l]);
        string dZ = layer.IsOutput ? Notation.OutputGradient(layer) : Notation.HiddenGradient(plan.Layers[l]);
        return Matrix($"dA{l}", $"{dA}, N×{layer.Outputs}", $"dA[{l - 1}]")
            + Matrix($"dZ{l}", $"{dZ}, N×{layer.Outputs}", $"dZ[{l - 1}]")
            + Matrix($"dW{l}", $"{Notation.WeightGradient(layer)}, {layer.Inputs}×{layer.Outputs}", $"dW({l - 1})")
            + Matrix($"db{l}", $"{Notation.BiasGradient(layer)}, {layer.Outputs} of them", $"db({l - 1})");
    }

    private static string Matrix(string name, string summary, string part) => $"""
        /// <summary>{summary}.</summary>
        public float[] {name} => _trace.{part};


        """;
}
