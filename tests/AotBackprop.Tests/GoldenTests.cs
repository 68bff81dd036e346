using AotBackprop.Oracle;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>What PyTorch computes in float64, by its own autograd, from the same numbers.</summary>
public sealed class GoldenTests
{
    private const double Tolerance = 2e-6;

    private static readonly Type[] Networks =
    [
        typeof(Iris), typeof(IrisFull), typeof(IrisTiled), typeof(Digits), typeof(DigitsFull), typeof(DigitsTiled),
        typeof(Mnist), typeof(MnistTiled), typeof(MnistDeep), typeof(MnistDeepTiled),
        typeof(IrisLeakyRelu), typeof(IrisElu), typeof(IrisTanh), typeof(IrisSigmoid), typeof(IrisSoftplus), typeof(IrisSilu),
        typeof(IrisIdentity), typeof(IrisGeluTanh), typeof(IrisGelu), typeof(IrisLinear), typeof(IrisLabels), typeof(IrisHuber),
    ];

    public static TheoryData<string, Type> Cases()
    {
        TheoryData<string, Type> cases = [];
        foreach (GoldenCase golden in GoldenFile.LoadAll())
        {
            foreach (Type network in Networks.Where(network => IsOf(network, golden)))
            {
                cases.Add(golden.Name, network);
            }
        }

        return cases;
    }

    [Fact]
    public void Every_golden_case_is_met_in_every_form_that_is_legal() => Assert.Equal(
        (2 * 3) + 3 + 2 + 2 + Enum.GetValues<Activation>().Length - 1 + Enum.GetValues<Output>().Length - 1, Cases().Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_probabilities_and_gradient_equal_those_of_PyTorch(string name, Type network)
    {
        (GoldenCase golden, Batch batch, Subject subject) = Load(name, network);
        using (subject)
        {
            (double loss, float[] gradient) = subject.Gradient(batch);
            golden.CheckLoss(0, loss, Tolerance);
            golden.CheckLoss(0, subject.Loss(batch), Tolerance);
            golden.CheckGradient(gradient, Tolerance);
            golden.Check($"A{subject.Sizes.Length - 1}", subject.Forward(batch.X), Tolerance);
            Intermediates trace = subject.Trace(batch);
            foreach (ParameterTensor tensor in ParameterTensor.Of(subject.Sizes))
            {
                golden.Check($"d{tensor.Name}", trace[$"d{tensor.Name}"], Tolerance);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ten_training_steps_equal_those_of_PyTorch(string name, Type network)
    {
        (GoldenCase golden, Batch batch, Subject subject) = Load(name, network);
        using (subject)
        {
            for (int step = 0; step < golden.Steps; step++)
            {
                golden.CheckLoss(step, subject.TrainStep(batch, golden.LearningRate), Tolerance);
            }

            golden.CheckLoss(golden.Steps, subject.Loss(batch), Tolerance);
            golden.CheckFinalParameters(subject.Parameters, Tolerance);
        }
    }

    private static (GoldenCase Golden, Batch Batch, Subject Subject) Load(string name, Type network)
    {
        GoldenCase golden = GoldenFile.Load(name);
        Batch batch = new(golden.N, golden.X(), golden.HasLabels ? golden.Labels() : null, golden.Y());
        Subject subject = Subject.Of(network, seed: 0);
        golden.Parameters().CopyTo(subject.Parameters);
        return (golden, batch, subject);
    }

    private static bool IsOf(Type network, GoldenCase golden)
    {
        using Subject subject = Subject.Of(network, seed: 0);
        return subject.Sizes.SequenceEqual(golden.Sizes()) && Activations.NameOf(subject.Activation) == golden.Activation
            && Outputs.NameOf(subject.Output) == golden.Output;
    }
}
