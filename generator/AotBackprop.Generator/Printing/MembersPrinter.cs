using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing;

/// <summary>Prints the members that a user sees: thin bodies, and documentation with each equation.</summary>
internal sealed class MembersPrinter(SourceWriter writer, NetworkPlan plan)
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

    private static readonly Targets s_labels = new("global::System.ReadOnlySpan<int>", "labels", "", "");
    private static readonly Targets s_probabilities = new(Floats, "Y", ", bool normalize = false", ", normalize");

    private LayerPlan Output => plan.OutputLayer;

    private string Initial => $"{InitializationType}.{Initializations.DefaultOf(plan.Spec.Activation)}";

    private string Name => plan.Spec.Name;

    private string Inputs =>
        $"""/// <param name="X">N×{plan.Layers[0].Inputs} inputs, a sample a row, all finite.</param>""";

    private string Labels => $"""/// <param name="labels">N class numbers, 0 to {Output.Outputs - 1}.</param>""";

    public void Emit()
    {
        EmitMaking();
        EmitParameters();
        EmitInference();
        EmitGradient();
        EmitTraining();
        EmitOfProbabilities();
        EmitGradientView();
        EmitDerivation();
    }

    private void EmitMaking()
    {
        writer.Text($$"""
            private readonly {{Library}}.Runtime.NetworkInstance<global::{{plan.Spec.EmittedNamespace}}.Kernels> \
            _instance;

            /// <summary>A new network, its first weights drawn as by <see cref="{{Initial}}"/>.</summary>
            {{Seed}}
            public {{Name}}(ulong seed) : this(seed, {{Initial}})
            {
            }

            /// <summary>A new network.</summary>
            {{Seed}}
            {{Drawn}}
            public {{Name}}(ulong seed, {{InitializationType}} initialization) => _instance = new(seed, initialization);

            /// <summary>The number of inputs, of the units of each hidden layer, and of classes.</summary>
            public static global::System.ReadOnlySpan<int> LayerSizes => new int[] \
            { {{string.Join(", ", plan.Spec.Sizes)}} };

            """);
        if (plan.Spec.Activation != Activation.Relu)
        {
            writer.Text($"""
                static {Library}.Activation {Library}.INetwork<{Name}>.HiddenActivation => \
                {Library}.Activation.{plan.Spec.Activation};

                """);
        }

        writer.Text($$"""
            /// <summary>Weights and biases in all.</summary>
            public static int ParameterCount => {{plan.ParameterCount}};

            /// <inheritdoc cref="{{Name}}(ulong)"/>
            public static {{Name}} Create(ulong seed) => new(seed);

            /// <inheritdoc cref="{{Name}}(ulong, {{InitializationType}})"/>
            public static {{Name}} Create(ulong seed, {{InitializationType}} initialization) => new(seed, \
            initialization);

            """);
    }

    private void EmitParameters()
    {
        writer.Text($"""
            /// <summary>All parameters in the order \
            {string.Join(", ", plan.Layers.Select(l => $"W{l.Number}, b{l.Number}"))}: \
            the object's own memory. A span of it stays valid when the object is disposed.</summary>
            public {Span} Parameters => _instance.Parameters;

            """);
        foreach (LayerPlan layer in plan.Layers)
        {
            int l = layer.Number;
            writer.Text($"""
                /// <summary>The weights of layer {l}, {layer.Inputs}×{layer.Outputs}, row-major: \
                {Notation.Forward(layer)}.</summary>
                /// <remarks>{Notation.WeightGradient(layer)}; {Notation.Update($"W{l}")}.</remarks>
                public {Span} W{l} => _instance.Parameters.Slice({layer.WeightsOffset}, {layer.Weights});

                /// <summary>The biases of layer {l}, {layer.Outputs} of them: {Notation.Forward(layer)}.</summary>
                /// <remarks>{Notation.BiasGradient(layer)}; {Notation.Update($"b{l}")}.</remarks>
                public {Span} b{l} => _instance.Parameters.Slice({layer.BiasOffset}, {layer.Outputs});

                """);
        }

        writer.Text($"""
            /// <summary>Draws the parameters anew, as by <see cref="{Initial}"/>.</summary>
            {Seed}
            public void Initialize(ulong seed) => _instance.Initialize(seed, {Initial});

            /// <summary>Draws the parameters anew.</summary>
            {Seed}
            {Drawn}
            public void Initialize(ulong seed, {InitializationType} initialization) => _instance.Initialize(seed, \
            initialization);

            /// <summary>Replaces all parameters.</summary>
            /// <param name="parameters">{plan.ParameterCount} finite floats in the order of <see \
            cref="Parameters"/>.</param>
            public void SetParameters({Floats} parameters) => _instance.SetParameters(parameters);

            """);
    }

    private void EmitInference() => writer.Text($"""
        /// <summary>The probabilities of the classes: {string.Join("; ", plan.Layers.Select(Notation.Forward))}; \
        {Notation.Softmax(Output)} by rows.</summary>
        {Shared}
        {Inputs}
        /// <param name="probabilities">Receives A{Output.Number}, N×{Output.Outputs}; each row sums to 1.</param>
        public void Forward({Floats} X, {Span} probabilities) => _instance.Forward(X, probabilities);

        /// <summary>The most probable class of each sample, the lowest among equals.</summary>
        {Shared}
        {Inputs}
        /// <param name="classes">Receives N class numbers.</param>
        public void Classify({Floats} X, global::System.Span<int> classes) => _instance.Classify(X, classes);

        /// <summary>The mean cross-entropy: {Notation.Loss(Output)}.</summary>
        {Shared}
        {Inputs}
        {Labels}
        {Loss(s_labels)}

        /// <summary>The mean cross-entropy {Notation.Loss(Output)}, and how many samples are classified \
        correctly.</summary>
        {Shared}
        {Inputs}
        {Labels}
        {Evaluate(s_labels)}

        """);

    private void EmitGradient() => writer.Text($$"""
        /// <summary>How many threads share a step: 1, unless more are asked for. No bit depends on it.</summary>
        /// <remarks>They start with the first step that needs them, and end when the object is disposed.</remarks>
        public int Threads
        {
            get => _instance.Threads;
            set => _instance.Threads = value;
        }

        /// <summary>The loss and its derivative by every parameter: {{Backward()}}.</summary>
        /// <remarks>{{Alone}}</remarks>
        {{Inputs}}
        {{Labels}}
        /// <param name="gradient">Receives {{plan.ParameterCount}} floats in the order of <see cref="Parameters"/>; \
        <see cref="GradientView"/> names them.</param>
        /// <returns>{{Notation.Loss(Output)}}.</returns>
        {{Gradient(s_labels)}}

        /// <summary>One step down a gradient: W ← W − η dW, b ← b − η db.</summary>
        /// <remarks>{{Alone}}</remarks>
        /// <param name="gradient">{{plan.ParameterCount}} finite floats in the order of <see \
        cref="Parameters"/>.</param>
        {{Rate}}
        public void Apply({{Floats}} gradient, float learningRate) => _instance.Apply(gradient, learningRate);

        /// <summary>One step of an optimizer by a gradient.</summary>
        /// <remarks>{{Alone}}</remarks>
        /// <param name="gradient">{{plan.ParameterCount}} finite floats in the order of <see \
        cref="Parameters"/>.</param>
        {{UsedOptimizer}}
        public void Apply({{Floats}} gradient, {{Optimizer}}) => _instance.Apply(gradient, optimizer);

        """);

    private void EmitTraining() => writer.Text($"""
        /// <summary>One step of gradient descent, the same bits as Gradient and Apply: {Backward()}; W ← W − η dW, b \
        ← b − η db.</summary>
        /// <remarks>Allocates nothing once a batch of this size has been seen. {Alone}</remarks>
        {Inputs}
        {Labels}
        {Rate}
        /// <returns>The loss before the update.</returns>
        {Step(s_labels, "float learningRate", "learningRate")}

        /// <summary>One step of an optimizer, the same bits as Gradient and Apply.</summary>
        /// <remarks>Allocates nothing once optimizer and batch size have been seen. {Alone}</remarks>
        {Inputs}
        {Labels}
        {UsedOptimizer}
        /// <returns>The loss before the update.</returns>
        {Step(s_labels, Optimizer, "optimizer")}

        /// <summary>One pass over a training set in shuffled batches; the last may be short, and counts with its own \
        mean.</summary>
        /// <remarks>{Alone}</remarks>
        {Inputs}
        {Labels}
        /// <param name="batchSize">Samples in a batch.</param>
        {Rate}
        /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
        /// <param name="epoch">The number of the epoch, 0 or more: each has an order of its own.</param>
        /// <returns>The mean over the samples of the loss before each one's update.</returns>
        {Epoch(s_labels, "float learningRate", "learningRate")}

        /// <inheritdoc cref="TrainEpoch({Cref(Floats)}, {Cref(s_labels.Type)}, int, float, ulong, int)"/>
        {UsedOptimizer}
        {Epoch(s_labels, Optimizer, "optimizer")}

        /// <summary>Every intermediate of the derivation by its name, as the kernels compute it. No parameter is \
        changed.</summary>
        /// <remarks>Made for reading, not for speed. {Alone}</remarks>
        {Inputs}
        {Labels}
        {Trace(s_labels)}

        """);

    // What takes class numbers takes rows of probabilities too.
    private void EmitOfProbabilities()
    {
        (string member, string others)[] members =
        [
            (Loss(s_probabilities), ""),
            (Evaluate(s_probabilities), ""),
            (Gradient(s_probabilities), $", {Span}"),
            (Step(s_probabilities, "float learningRate", "learningRate"), ", float"),
            (Step(s_probabilities, Optimizer, "optimizer"), $", {Library}.Optimizer"),
            (Epoch(s_probabilities, "float learningRate", "learningRate"), ", int, float, ulong, int"),
            (Epoch(s_probabilities, Optimizer, "optimizer"), $", int, {Library}.Optimizer, ulong, int"),
            (Trace(s_probabilities), ""),
        ];
        foreach ((string member, string others) in members)
        {
            string name = member.Substring(0, member.IndexOf('(')).Split(' ').Last();
            writer.Text($"""
                /// <inheritdoc cref="{name}({Cref(Floats)}, {Cref(s_labels.Type)}{Cref(others)})"/>
                /// <param name="Y">N×{Output.Outputs} probabilities, each row summing to 1 within 1e-4.</param>
                /// <param name="normalize">Whether each row of Y is divided by its sum first, which is not 0 \
                then.</param>
                {member}

                """);
        }

        writer.Text("""
            /// <summary>Ends the threads; every later call throws. Spans of the parameters stay valid.</summary>
            public void Dispose() => _instance.Dispose();

            """);
    }

    private static string Loss(Targets y) =>
        $"public double Loss({Floats} X, {y.Type} {y.Name}{y.Last}) => _instance.Evaluate(X, " +
            $"{y.Name}{y.LastArgument}).Loss;";

    private static string Evaluate(Targets y) =>
        $"public {Library}.Evaluation Evaluate({Floats} X, {y.Type} {y.Name}{y.Last}) => " +
        $"_instance.Evaluate(X, {y.Name}{y.LastArgument});";

    private static string Gradient(Targets y) =>
        $"public double Gradient({Floats} X, {y.Type} {y.Name}, {Span} gradient{y.Last}) => " +
        $"_instance.Gradient(X, {y.Name}, gradient{y.LastArgument});";

    private static string Step(
        Targets y, string how, string argument) =>
        $"public double TrainStep({Floats} X, {y.Type} {y.Name}, {how}{y.Last}) => " +
        $"_instance.TrainStep(X, {y.Name}, {argument}{y.LastArgument});";

    private static string Epoch(
        Targets y, string how, string argument) =>
        $"public double TrainEpoch({Floats} X, {y.Type} {y.Name}, int batchSize, {how}, ulong seed, int " +
            $"epoch{y.Last}) => " +
        $"_instance.TrainEpoch(X, {y.Name}, batchSize, {argument}, seed, epoch{y.LastArgument});";

    private static string Trace(Targets y) =>
        $"public Derivation Trace({Floats} X, {y.Type} {y.Name}{y.Last}) => new(_instance.Trace(X, " +
            $"{y.Name}{y.LastArgument}));";

    private static string Cref(string types) => types.Replace('<', '{').Replace('>', '}');

    /// <summary>The equations of the way back, in their order.</summary>
    private string Backward() => string.Join("; ",
    [
        $"{Notation.OutputGradient(Output)}, because softmax and cross-entropy cancel",
        .. plan.Layers.Reverse().SelectMany(layer => new[]
        {
            $"{Notation.WeightGradient(layer)}; {Notation.BiasGradient(layer)}",
            layer.Number > 1 ? $"{Notation.ActivationGradient(layer)}; {Notation.HiddenGradient(layer)}" : "",
        }).Where(equation => equation.Length > 0),
    ]);

    private void EmitGradientView()
    {
        writer.Line("/// <summary>A gradient by the names of its parts.</summary>");
        GeneratedMark.EmitAttributes(writer);
        using (writer.Block("public readonly ref struct GradientView"))
        {
            writer.Text($"""
                private readonly {Span} _gradient;

                /// <summary>Names the parts of a gradient.</summary>
                /// <param name="gradient">What Gradient has written.</param>
                public GradientView({Span} gradient) => _gradient = gradient;

                """);
            foreach (LayerPlan layer in plan.Layers)
            {
                writer.Text($"""
                    /// <summary>{Notation.WeightGradient(layer)}, {layer.Inputs}×{layer.Outputs}, row-major.</summary>
                    public {Span} dW{layer.Number} => _gradient.Slice({layer.WeightsOffset}, {layer.Weights});

                    /// <summary>{Notation.BiasGradient(layer)}, {layer.Outputs} of them.</summary>
                    public {Span} db{layer.Number} => _gradient.Slice({layer.BiasOffset}, {layer.Outputs});

                    """);
            }
        }

        writer.Line();
    }

    private void EmitDerivation()
    {
        writer.Line(
            "/// <summary>Every intermediate of one batch, dense and row-major, in the order of the " +
                "derivation.</summary>");
        GeneratedMark.EmitAttributes(writer);
        using (writer.Block("public sealed class Derivation"))
        {
            writer.Text($"""
                private readonly {Library}.Runtime.NetworkTrace _trace;

                internal Derivation({Library}.Runtime.NetworkTrace trace) => _trace = trace;

                """);
            foreach (LayerPlan layer in plan.Layers)
            {
                int l = layer.Number;
                string activation = layer.IsOutput ? Notation.Softmax(layer) : Notation.HiddenActivation(layer);
                EmitArray($"Z{l}", $"Z{l} = {Notation.Input(layer)} W{l} + b{l}, N×{layer.Outputs}", $"Z[{l - 1}]");
                EmitArray($"A{l}", $"{activation}, N×{layer.Outputs}", $"A[{l - 1}]");
            }

            writer.Text($"""
                /// <summary>{Notation.Loss(Output)}.</summary>
                public double Loss => _trace.Loss;

                """);
            foreach (LayerPlan layer in plan.Layers.Reverse())
            {
                EmitGradients(layer);
            }
        }
    }

    private void EmitGradients(LayerPlan layer)
    {
        int l = layer.Number;
        string dA = layer.IsOutput
            ? $"∂L/∂A{l} = −1/N · Y / A{l}, 0 where Y is 0"
            : Notation.ActivationGradient(plan.Layers[l]);
        string dZ = layer.IsOutput ? Notation.OutputGradient(layer) : Notation.HiddenGradient(plan.Layers[l]);
        EmitArray($"dA{l}", $"{dA}, N×{layer.Outputs}", $"dA[{l - 1}]");
        EmitArray($"dZ{l}", $"{dZ}, N×{layer.Outputs}", $"dZ[{l - 1}]");
        EmitArray($"dW{l}", $"{Notation.WeightGradient(layer)}, {layer.Inputs}×{layer.Outputs}", $"dW({l - 1})");
        EmitArray($"db{l}", $"{Notation.BiasGradient(layer)}, {layer.Outputs} of them", $"db({l - 1})");
    }

    private void EmitArray(string name, string summary, string part) => writer.Text($"""
        /// <summary>{summary}.</summary>
        public float[] {name} => _trace.{part};

        """);

    /// <summary>The targets that a member takes.</summary>
    /// <param name="Type">Their type.</param>
    /// <param name="Name">The parameter's name.</param>
    /// <param name="Last">The parameter that follows all others, if any.</param>
    /// <param name="LastArgument">Its argument.</param>
    private sealed record Targets(string Type, string Name, string Last, string LastArgument);
}
