namespace Race;

/// <summary>What startup/ours.c does, for a process under the JIT.</summary>
internal static class Start
{
    private const int N = 32;

    public static void Run()
    {
        int inputs = Mnist.LayerSizes[0], classes = Mnist.LayerSizes[^1];
        float[] X = new float[N * inputs];
        int[] labels = new int[N];
        for (int n = 0; n < N; n++)
        {
            labels[n] = n % classes;
            for (int i = 0; i < inputs; i++)
            {
                X[(n * inputs) + i] = (((n * 31) + (i * 17)) % 23) / 23f;
            }
        }

        using Mnist network = new(1);
        Console.WriteLine(network.TrainStep(X, labels, 0.1f));
    }
}
