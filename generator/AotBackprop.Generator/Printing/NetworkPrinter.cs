using System.Globalization;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Printing.SourceWriter;

namespace AotBackprop.Generator.Printing;

/// <summary>Prints a plan as files of C#: the members, the layout, and the kernels of each vector width.</summary>
internal static class NetworkPrinter
{
    public static IEnumerable<EmittedFile> Emit(NetworkPlan plan)
    {
        yield return Members(plan);
        yield return Own(
            plan,
            "-Layout",
            Head(plan, "Where everything lies, and which vectors are used."),
            writer => writer.Text(new DispatchPrinter(plan).Text));
        foreach (WidthPlan width in plan.Widths)
        {
            yield return Own(
                plan,
                $"-Vector{width.Bits}",
                [.. Head(plan, $"Its passes in vectors of {width.Lanes} floats."), .. Plans(plan, width)],
                writer => KernelsPrinter.Print(writer, plan, width),
                plan.HasOneSample || width.HasFewColumns ? width.Bits : 0);
        }
    }

    /// <summary>What the user sees, in the user's type.</summary>
    private static EmittedFile Members(NetworkPlan plan)
    {
        NetworkSpec spec = plan.Spec;
        string[] types =
        [
            .. spec.Namespace.Length > 0 ? [$"namespace {spec.Namespace}"] : Array.Empty<string>(),
            .. spec.Containers.Select(container => $"partial {container.Keyword} {container.Name}"),
            $"""
            {Documentation(plan)}
            {(spec.IsEntirelyGenerated ? $"{GeneratedMark.Attributes}\n" : "")}\
            partial class {spec.Name} : {MembersPrinter.Interfaces(spec)}
            """,
        ];
        SourceWriter writer = GeneratedMark.OpenFile(Head(plan, "What its user sees."));
        writer.Text(Lines(types.Select(type => $"{type}\n{{")));
        writer.Text(new MembersPrinter(plan).Text);
        writer.Text(Lines(types.Select(_ => "}")));
        return new EmittedFile($"{spec.FullName}.g.cs", writer.ToString());
    }

    /// <summary>What it stands on, in a namespace of its own.</summary>
    private static EmittedFile Own(
        NetworkPlan plan, string suffix, IEnumerable<string> head, Action<SourceWriter> body, int bits = 0)
    {
        SourceWriter writer = GeneratedMark.OpenFile(head);
        EmitNamespace(writer, plan.Spec, bits);
        body(writer);
        return new EmittedFile($"{plan.Spec.FullName}{suffix}.g.cs", writer.ToString());
    }

    /// <summary>
    /// The namespace of a network's own types, until the end of the file, with what they use; V is the class for
    /// vectors of so many bits, where there are any.
    /// </summary>
    public static void EmitNamespace(SourceWriter writer, NetworkSpec spec, int bits = 0) => writer.Text($"""
        namespace {spec.EmittedNamespace};

        // Within the namespace: before every name of the user's.
        using global::AotBackprop.Numerics;
        using global::AotBackprop.Runtime;
        using global::System.Runtime.CompilerServices;
        using global::System.Runtime.Intrinsics;
        using Math = global::System.Math;
        {(bits > 0 ? $"using V = global::System.Runtime.Intrinsics.Vector{bits};\n" : "")}
        """);

    private static string[] Head(NetworkPlan plan, string content) =>
    [
        $"{plan.Spec.Name}: a network of {plan.Spec.Shape}. {content}",
        "",
        $"Request     [Network({string.Join(", ", Request(plan.Spec))})]{Widths(plan.Spec)}",
        $"Parameters  {Number(plan.ParameterCount)}, {Bytes(plan.ParameterCount)} bytes",
        $"Cost        {Number(plan.ForwardCost)} multiply-adds forward, {Number(plan.TrainingCost)} to train, " +
            $"for each sample",
        $"Scratch     {Bytes(plan.Workspace.InferencePerSample)} bytes forward, " +
            $"{Bytes(plan.Workspace.TrainingPerSample)} to train, for each sample; " +
            $"{Bytes(plan.Workspace.TrainingFixed)} once",
    ];

    /// <summary>How each product is planned for a vector width.</summary>
    private static IEnumerable<string> Plans(NetworkPlan plan, WidthPlan width) =>
    [
        .. plan.Layers.Zip(width.Forward, (layer, product) => Plan(Notation.Forward(layer), product)),
        .. plan.Layers.Skip(1).Zip(width.Backward, (above, product) => Plan(
            $"{Notation.ActivationGradient(above)}, {Notation.HiddenGradient(above)}", product)).Reverse(),
        .. plan.Layers.Zip(width.Gradients, (layer, gradient) =>
            $"Plan        {Notation.WeightGradient(layer)}: {FormText(gradient.Form)}, {gradient.Rows} inputs × " +
            $"{Several(gradient.Panels[0].Vectors, "vector")}").Reverse(),
    ];

    private static string Plan(string equation, ProductPlan product)
    {
        RowTile tile = product.Tiles[0];
        string sums = product.Chunks == 1 ? "" : $", {product.Chunks} sums";
        string packed = product.Packs ? ", W packed" : "";
        return $"Plan        {equation}: {FormText(product.Form)}, {Several(tile.Rows, "sample")} × " +
            $"{Several(tile.Panels[0].Vectors, "vector")}{sums}{packed}";
    }

    // What is left alone is not said.
    private static IEnumerable<string> Request(NetworkSpec spec) =>
    [
        .. spec.Sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)),
        .. spec.Activation == Activation.Relu ? [] : new[] { $"Activation = Activation.{spec.Activation}" },
        .. spec.Output == Output.Softmax ? [] : new[] { $"Output = Output.{spec.Output}" },
        .. spec.HuberDelta == 1 ? [] : new[] { $"HuberDelta = {CSharpPrinter.Text(spec.HuberDelta)}" },
        .. spec.Unroll == Unrolling.Auto ? [] : new[] { $"Unroll = Unrolling.{spec.Unroll}" },
    ];

    // What the project asks for, where it is not all there is.
    private static string Widths(NetworkSpec spec) => spec.VectorWidths.Equals(NetworkSpec.AllVectorWidths)
        ? ""
        : $", vectors of {string.Join(", ", spec.VectorWidths)} bits";

    private static string FormText(Form form) => form switch
    {
        Form.StraightLine => "straight line",
        Form.Tiles => "tiles",
        Form.FewColumns => "few columns",
        _ => "dot product",
    };

    private static string Several(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string Documentation(NetworkPlan plan) => $"""
        /// <summary>A fully connected network of {plan.Spec.Shape} with its training.</summary>
        /// <remarks>
        /// For a batch of N samples, the rows of X:
        /// <code>
        {Lines(Notation.Derivation(plan).Select(equation => $"/// {equation}"))}
        /// W ← W − η dW, b ← b − η db
        /// </code>
        /// Inference on one object is safe from many threads at once; training and whatever else writes parameters is
        /// exclusive.
        /// </remarks>
        """;

    private static string Bytes(int floats) => Number(Region.BytesOf(floats));

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
