using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

public sealed class AllocationTests
{
    private const int N = 32;
    private const int Steps = 1000;
    private const float Rate = 0.01f;

    private static readonly Batch Samples = Batch.Draw(3, Digits.LayerSizes, N);

    [Fact]
    public void A_step_on_labels_allocates_nothing() => AssertNothing(network => network.TrainStep(Samples.X, Samples.Labels, Rate));

    [Fact]
    public void A_step_on_probabilities_allocates_nothing() => AssertNothing(network => network.TrainStep(Samples.X, Samples.Y, Rate));

    [Fact]
    public void A_gradient_and_its_application_allocate_nothing()
    {
        float[] gradient = new float[Digits.ParameterCount];
        AssertNothing(network =>
        {
            network.Gradient(Samples.X, Samples.Labels, gradient);
            network.Gradient(Samples.X, Samples.Y, gradient);
            network.Apply(gradient, Rate);
        });
    }

    [Fact]
    public void Inference_allocates_nothing()
    {
        float[] probabilities = new float[N * 10];
        int[] classes = new int[N];
        AssertNothing(network =>
        {
            network.Forward(Samples.X, probabilities);
            network.Classify(Samples.X, classes);
            network.Loss(Samples.X, Samples.Y);
            network.Evaluate(Samples.X, Samples.Labels);
        });
    }

    [Fact]
    public void An_epoch_allocates_nothing() => AssertNothing(network => network.TrainEpoch(Samples.X, Samples.Labels, 7, Rate, seed: 1, epoch: 0));

    private static void AssertNothing(Action<Digits> step)
    {
        using Digits network = new(seed: 1);
        Allocations.AssertNone(Steps, _ => step(network));
    }
}
