using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing;

/// <summary>Prints the members that a user sees: thin bodies, and documentation with each equation.</summary>
internal sealed class MembersPrinter(SourceWriter writer, NetworkPlan plan)
{
    private const string Library = "global::AotBackprop";
    private const string Instance = "_instance";
    private const string Optimizer = $"{Library}.Optimizer optimizer";
    private const string InitializationType = $"{Library}.Initialization";

    private static readonly string DefaultInitialization = $"{InitializationType}.{Initializations.Default}";

    private string NetworkInstance => $"{Library}.Runtime.NetworkInstance<global::{plan.Spec.EmittedNamespace}.Kernels>";

    private LayerPlan Output => plan.OutputLayer;

    private string Name => plan.Spec.Name;

    public void Emit()
    {
        writer.Line($"private readonly {NetworkInstance} {Instance};");
        writer.Line();
        writer.Line($"/// <summary>A new network, its first weights drawn as by <see cref=\"{DefaultInitialization}\"/>.</summary>");
        DocumentSeed();
        writer.Line($"public {Name}(ulong seed) : this(seed, {DefaultInitialization})");
        using (writer.Block())
        {
        }

        writer.Line();
        writer.Line("/// <summary>A new network.</summary>");
        DocumentSeed();
        DocumentInitialization();
        writer.Line($"public {Name}(ulong seed, {InitializationType} initialization) => {Instance} = new(seed, initialization);");
        writer.Line();
        EmitStatics();
        EmitParameters();
        EmitInference();
        EmitTraining();
        EmitTrace();
        writer.Line("/// <summary>Ends the threads; every later call throws. Spans of the parameters stay valid.</summary>");
        writer.Line($"public void Dispose() => {Instance}.Dispose();");
        writer.Line();
        EmitGradientView();
        writer.Line();
        EmitDerivation();
    }

    private void EmitStatics()
    {
        writer.Line("/// <summary>The number of inputs, of the units of each hidden layer, and of classes.</summary>");
        writer.Line($"public static global::System.ReadOnlySpan<int> LayerSizes => new int[] {{ {string.Join(", ", plan.Spec.Sizes)} }};");
        if (plan.Spec.Activation != Activation.Relu)
        {
            writer.Line();
            writer.Line($"static global::AotBackprop.Activation global::AotBackprop.INetwork<{plan.Spec.Name}>.HiddenActivation => global::AotBackprop.Activation.{plan.Spec.Activation};");
        }
        writer.Line();
        writer.Line("/// <summary>Weights and biases in all.</summary>");
        writer.Line($"public static int ParameterCount => {plan.ParameterCount};");
        writer.Line();
        writer.Line("/// <inheritdoc cref=\"" + Name + "(ulong)\"/>");
        writer.Line($"public static {Name} Create(ulong seed) => new(seed);");
        writer.Line();
        writer.Line($"/// <inheritdoc cref=\"{Name}(ulong, {InitializationType})\"/>");
        writer.Line($"public static {Name} Create(ulong seed, {InitializationType} initialization) => new(seed, initialization);");
        writer.Line();
    }

    private void EmitParameters()
    {
        writer.Line($"/// <summary>All parameters in the order {string.Join(", ", plan.Layers.Select(l => $"W{l.Number}, b{l.Number}"))}: the object's own memory. A span of it stays valid when the object is disposed.</summary>");
        writer.Line($"public global::System.Span<float> Parameters => {Instance}.Parameters;");
        writer.Line();
        foreach (LayerPlan layer in plan.Layers)
        {
            int l = layer.Number;
            writer.Line($"/// <summary>The weights of layer {l}, {layer.Inputs}×{layer.Outputs}, row-major: {Notation.Forward(layer)}.</summary>");
            writer.Line($"/// <remarks>{Notation.WeightGradient(layer)}; {Notation.Update($"W{l}")}.</remarks>");
            writer.Line($"public global::System.Span<float> W{l} => {Instance}.Parameters.Slice({layer.WeightsOffset}, {layer.Weights});");
            writer.Line();
            writer.Line($"/// <summary>The biases of layer {l}, {layer.Outputs} of them: {Notation.Forward(layer)}.</summary>");
            writer.Line($"/// <remarks>{Notation.BiasGradient(layer)}; {Notation.Update($"b{l}")}.</remarks>");
            writer.Line($"public global::System.Span<float> b{l} => {Instance}.Parameters.Slice({layer.BiasOffset}, {layer.Outputs});");
            writer.Line();
        }

        writer.Line($"/// <summary>Draws the parameters anew, as by <see cref=\"{DefaultInitialization}\"/>.</summary>");
        DocumentSeed();
        writer.Line($"public void Initialize(ulong seed) => {Instance}.Initialize(seed, {DefaultInitialization});");
        writer.Line();
        writer.Line("/// <summary>Draws the parameters anew.</summary>");
        DocumentSeed();
        DocumentInitialization();
        writer.Line($"public void Initialize(ulong seed, {InitializationType} initialization) => {Instance}.Initialize(seed, initialization);");
        writer.Line();
        writer.Line("/// <summary>Replaces all parameters.</summary>");
        writer.Line($"/// <param name=\"parameters\">{plan.ParameterCount} finite floats in the order of <see cref=\"Parameters\"/>.</param>");
        writer.Line($"public void SetParameters(global::System.ReadOnlySpan<float> parameters) => {Instance}.SetParameters(parameters);");
        writer.Line();
    }

    private void EmitInference()
    {
        string forward = string.Join("; ", plan.Layers.Select(Notation.Forward)) + $"; {Notation.Softmax(Output)}";
        writer.Line($"/// <summary>The probabilities of the classes: {forward} by rows.</summary>");
        writer.Line("/// <remarks>Safe from many threads at once while none trains; one that is noticed to makes it throw.</remarks>");
        DocumentX();
        writer.Line($"/// <param name=\"probabilities\">Receives A{Output.Number}, N×{Output.Outputs}; each row sums to 1.</param>");
        writer.Line($"public void Forward(global::System.ReadOnlySpan<float> X, global::System.Span<float> probabilities) => {Instance}.Forward(X, probabilities);");
        writer.Line();
        writer.Line("/// <summary>The most probable class of each sample, the lowest among equals.</summary>");
        writer.Line("/// <remarks>Safe from many threads at once while none trains; one that is noticed to makes it throw.</remarks>");
        DocumentX();
        writer.Line("/// <param name=\"classes\">Receives N class numbers.</param>");
        writer.Line($"public void Classify(global::System.ReadOnlySpan<float> X, global::System.Span<int> classes) => {Instance}.Classify(X, classes);");
        writer.Line();
        foreach (bool labels in new[] { true, false })
        {
            string Y = Targets(labels);
            writer.Line($"/// <summary>The mean cross-entropy: {Notation.Loss(Output)}.</summary>");
            writer.Line("/// <remarks>Safe from many threads at once while none trains; one that is noticed to makes it throw.</remarks>");
            DocumentX();
            DocumentTargets(labels);
            writer.Line($"public double Loss(global::System.ReadOnlySpan<float> X, {Y}{Normalize(labels)}) => {Instance}.Evaluate(X, {Argument(labels)}{NormalizeArgument(labels)}).Loss;");
            writer.Line();
            writer.Line($"/// <summary>The mean cross-entropy {Notation.Loss(Output)}, and how many samples are classified correctly.</summary>");
            writer.Line("/// <remarks>Safe from many threads at once while none trains; one that is noticed to makes it throw.</remarks>");
            DocumentX();
            DocumentTargets(labels);
            writer.Line($"public {Library}.Evaluation Evaluate(global::System.ReadOnlySpan<float> X, {Y}{Normalize(labels)}) => {Instance}.Evaluate(X, {Argument(labels)}{NormalizeArgument(labels)});");
            writer.Line();
        }
    }

    private void EmitTraining()
    {
        List<string> equations = [$"{Notation.OutputGradient(Output)}, because softmax and cross-entropy cancel"];
        foreach (LayerPlan layer in plan.Layers.Reverse())
        {
            equations.Add($"{Notation.WeightGradient(layer)}; {Notation.BiasGradient(layer)}");
            if (layer.Number > 1)
            {
                equations.Add($"{Notation.ActivationGradient(layer)}; {Notation.HiddenGradient(layer)}");
            }
        }

        writer.Line("/// <summary>How many threads share a step: 1, unless more are asked for. No bit depends on it.</summary>");
        writer.Line("/// <remarks>They start with the first step that needs them, and end when the object is disposed.</remarks>");
        using (writer.Block("public int Threads"))
        {
            writer.Line($"get => {Instance}.Threads;");
            writer.Line($"set => {Instance}.Threads = value;");
        }

        writer.Line();
        string backward = string.Join("; ", equations);
        foreach (bool labels in new[] { true, false })
        {
            string Y = Targets(labels);
            writer.Line($"/// <summary>The loss and its derivative by every parameter: {backward}.</summary>");
            writer.Line("/// <remarks>Nothing else may run on the object meanwhile: what is noticed to, throws.</remarks>");
            DocumentX();
            DocumentTargets(labels);
            writer.Line($"/// <param name=\"gradient\">Receives {plan.ParameterCount} floats in the order of <see cref=\"Parameters\"/>; <see cref=\"GradientView\"/> names them.</param>");
            writer.Line($"/// <returns>{Notation.Loss(Output)}.</returns>");
            writer.Line($"public double Gradient(global::System.ReadOnlySpan<float> X, {Y}, global::System.Span<float> gradient{Normalize(labels)}) => {Instance}.Gradient(X, {Argument(labels)}, gradient{NormalizeArgument(labels)});");
            writer.Line();
        }

        writer.Line("/// <summary>One step down a gradient: W ← W − η dW, b ← b − η db.</summary>");
        writer.Line("/// <remarks>Nothing else may run on the object meanwhile: what is noticed to, throws.</remarks>");
        writer.Line($"/// <param name=\"gradient\">{plan.ParameterCount} finite floats in the order of <see cref=\"Parameters\"/>.</param>");
        DocumentRate();
        writer.Line($"public void Apply(global::System.ReadOnlySpan<float> gradient, float learningRate) => {Instance}.Apply(gradient, learningRate);");
        writer.Line();
        writer.Line("/// <summary>One step of an optimizer by a gradient.</summary>");
        writer.Line("/// <remarks>Nothing else may run on the object meanwhile: what is noticed to, throws.</remarks>");
        writer.Line($"/// <param name=\"gradient\">{plan.ParameterCount} finite floats in the order of <see cref=\"Parameters\"/>.</param>");
        DocumentOptimizer();
        writer.Line($"public void Apply(global::System.ReadOnlySpan<float> gradient, {Optimizer}) => {Instance}.Apply(gradient, optimizer);");
        writer.Line();
        foreach (bool labels in new[] { true, false })
        {
            string Y = Targets(labels);
            writer.Line($"/// <summary>One step of gradient descent, the same bits as Gradient and Apply: {backward}; W ← W − η dW, b ← b − η db.</summary>");
            writer.Line("/// <remarks>Allocates nothing once a batch of this size has been seen. Nothing else may run on the object meanwhile: what is noticed to, throws.</remarks>");
            DocumentX();
            DocumentTargets(labels);
            DocumentRate();
            writer.Line("/// <returns>The loss before the update.</returns>");
            writer.Line($"public double TrainStep(global::System.ReadOnlySpan<float> X, {Y}, float learningRate{Normalize(labels)}) => {Instance}.TrainStep(X, {Argument(labels)}, learningRate{NormalizeArgument(labels)});");
            writer.Line();
            writer.Line("/// <summary>One step of an optimizer, the same bits as Gradient and Apply.</summary>");
            writer.Line("/// <remarks>Allocates nothing once optimizer and batch size have been seen. Nothing else may run on the object meanwhile: what is noticed to, throws.</remarks>");
            DocumentX();
            DocumentTargets(labels);
            DocumentOptimizer();
            writer.Line("/// <returns>The loss before the update.</returns>");
            writer.Line($"public double TrainStep(global::System.ReadOnlySpan<float> X, {Y}, {Optimizer}{Normalize(labels)}) => {Instance}.TrainStep(X, {Argument(labels)}, optimizer{NormalizeArgument(labels)});");
            writer.Line();
            EmitEpoch(labels, "float learningRate", "learningRate", DocumentRate);
            EmitEpoch(labels, Optimizer, "optimizer", DocumentOptimizer);
        }
    }

    private void EmitEpoch(bool labels, string how, string argument, Action document)
    {
        writer.Line("/// <summary>One pass over a training set in shuffled batches; the last may be short, and counts with its own mean.</summary>");
        writer.Line("/// <remarks>Nothing else may run on the object meanwhile: what is noticed to, throws.</remarks>");
        DocumentX();
        DocumentTargets(labels);
        writer.Line("/// <param name=\"batchSize\">Samples in a batch.</param>");
        document();
        writer.Line("/// <param name=\"seed\">With <paramref name=\"epoch\"/>, decides the order of the samples.</param>");
        writer.Line("/// <param name=\"epoch\">The number of the epoch, 0 or more: each has an order of its own.</param>");
        writer.Line("/// <returns>The mean over the samples of the loss before each one's update.</returns>");
        using (writer.Block($"public double TrainEpoch(global::System.ReadOnlySpan<float> X, {Targets(labels)}, int batchSize, {how}, ulong seed, int epoch{Normalize(labels)})"))
        {
            writer.Line($"return {Instance}.TrainEpoch(X, {Argument(labels)}, batchSize, {argument}, seed, epoch{NormalizeArgument(labels)});");
        }

        writer.Line();
    }

    private void EmitTrace()
    {
        foreach (bool labels in new[] { true, false })
        {
            writer.Line("/// <summary>Every intermediate of the derivation by its name, as the kernels compute it. No parameter is changed.</summary>");
            writer.Line("/// <remarks>Made for reading, not for speed. Nothing else may run on the object meanwhile: what is noticed to, throws.</remarks>");
            DocumentX();
            DocumentTargets(labels);
            writer.Line($"public Derivation Trace(global::System.ReadOnlySpan<float> X, {Targets(labels)}{Normalize(labels)}) => new({Instance}.Trace(X, {Argument(labels)}{NormalizeArgument(labels)}));");
            writer.Line();
        }
    }

    private void EmitGradientView()
    {
        writer.Line("/// <summary>A gradient by the names of its parts.</summary>");
        GeneratedMark.EmitAttributes(writer);
        using (writer.Block("public readonly ref struct GradientView"))
        {
            writer.Line("private readonly global::System.Span<float> _gradient;");
            writer.Line();
            writer.Line("/// <summary>Names the parts of a gradient.</summary>");
            writer.Line("/// <param name=\"gradient\">What Gradient has written.</param>");
            writer.Line("public GradientView(global::System.Span<float> gradient) => _gradient = gradient;");
            foreach (LayerPlan layer in plan.Layers)
            {
                int l = layer.Number;
                writer.Line();
                writer.Line($"/// <summary>{Notation.WeightGradient(layer)}, {layer.Inputs}×{layer.Outputs}, row-major.</summary>");
                writer.Line($"public global::System.Span<float> dW{l} => _gradient.Slice({layer.WeightsOffset}, {layer.Weights});");
                writer.Line();
                writer.Line($"/// <summary>{Notation.BiasGradient(layer)}, {layer.Outputs} of them.</summary>");
                writer.Line($"public global::System.Span<float> db{l} => _gradient.Slice({layer.BiasOffset}, {layer.Outputs});");
            }
        }
    }

    private void EmitDerivation()
    {
        writer.Line("/// <summary>Every intermediate of one batch, dense and row-major, in the order of the derivation.</summary>");
        GeneratedMark.EmitAttributes(writer);
        using (writer.Block("public sealed class Derivation"))
        {
            writer.Line($"private readonly {Library}.Runtime.NetworkTrace _trace;");
            writer.Line();
            writer.Line($"internal Derivation({Library}.Runtime.NetworkTrace trace) => _trace = trace;");
            foreach (LayerPlan layer in plan.Layers)
            {
                int l = layer.Number;
                string shape = $"N×{layer.Outputs}";
                EmitArray($"Z{l}", $"Z{l} = {Notation.Input(layer)} W{l} + b{l}, {shape}", $"_trace.Z[{l - 1}]");
                string activation = layer.IsOutput ? Notation.Softmax(layer) : Notation.HiddenActivation(layer);
                EmitArray($"A{l}", $"{activation}, {shape}", $"_trace.A[{l - 1}]");
            }

            writer.Line();
            writer.Line($"/// <summary>{Notation.Loss(Output)}.</summary>");
            writer.Line("public double Loss => _trace.Loss;");
            foreach (LayerPlan layer in plan.Layers.Reverse())
            {
                int l = layer.Number;
                string shape = $"N×{layer.Outputs}";
                EmitArray(
                    $"dA{l}",
                    layer.IsOutput
                        ? $"∂L/∂A{l} = −1/N · Y / A{l}, 0 where Y is 0, {shape}"
                        : $"{Notation.ActivationGradient(plan.Layers[l])}, {shape}",
                    $"_trace.dA[{l - 1}]");
                EmitArray(
                    $"dZ{l}",
                    $"{(layer.IsOutput ? Notation.OutputGradient(layer) : Notation.HiddenGradient(plan.Layers[l]))}, {shape}",
                    $"_trace.dZ[{l - 1}]");
                EmitArray($"dW{l}", $"{Notation.WeightGradient(layer)}, {layer.Inputs}×{layer.Outputs}", $"_trace.dW({l - 1})");
                EmitArray($"db{l}", $"{Notation.BiasGradient(layer)}, {layer.Outputs} of them", $"_trace.db({l - 1})");
            }
        }
    }

    private void EmitArray(string name, string summary, string body)
    {
        writer.Line();
        writer.Line($"/// <summary>{summary}.</summary>");
        writer.Line($"public float[] {name} => {body};");
    }

    private void DocumentSeed() =>
        writer.Line("/// <param name=\"seed\">The same seed gives the same bits on every machine.</param>");

    private void DocumentInitialization() =>
        writer.Line("/// <param name=\"initialization\">How the parameters are drawn.</param>");

    private void DocumentX() =>
        writer.Line($"/// <param name=\"X\">N×{plan.Layers[0].Inputs} inputs, a sample a row, all finite.</param>");

    private void DocumentTargets(bool labels)
    {
        writer.Line(labels
            ? $"/// <param name=\"labels\">N class numbers, 0 to {Output.Outputs - 1}.</param>"
            : $"/// <param name=\"Y\">N×{Output.Outputs} probabilities, each row summing to 1 within 1e-4.</param>");
        if (!labels)
        {
            writer.Line("/// <param name=\"normalize\">Whether each row of Y is divided by its sum first, which is not 0 then.</param>");
        }
    }

    private void DocumentRate() =>
        writer.Line("/// <param name=\"learningRate\">η, finite and not negative.</param>");

    private void DocumentOptimizer() =>
        writer.Line("/// <param name=\"optimizer\">The optimizer, which no other network has used.</param>");

    private static string Targets(bool labels) => labels ? "global::System.ReadOnlySpan<int> labels" : "global::System.ReadOnlySpan<float> Y";

    private static string Argument(bool labels) => labels ? "labels" : "Y";

    // The last parameter and argument of what takes rows of probabilities.
    private static string Normalize(bool labels) => labels ? "" : ", bool normalize = false";

    private static string NormalizeArgument(bool labels) => labels ? "" : ", normalize";
}
