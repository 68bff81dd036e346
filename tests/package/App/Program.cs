using System.Runtime;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AotBackprop;

// Two classes of points: prints the loss, the accuracy and a digest of all bits of the parameters.
const int Count = 200;
float[] X = new float[Count * 5];
int[] labels = new int[Count];
Random random = new(1);
for (int n = 0; n < Count; n++)
{
    for (int i = 0; i < 5; i++)
    {
        X[(n * 5) + i] = random.NextSingle() - 0.5f;
    }

    labels[n] = X[n * 5] * X[(n * 5) + 1] > 0 ? 1 : 0;
}

using Points network = new(seed: 1);
double loss = 0;
for (int epoch = 0; epoch < 200; epoch++)
{
    loss = network.TrainEpoch(X, labels, batchSize: 7, learningRate: 0.2f, seed: 1, epoch);
}

ModelFile.Save(network, args[0]);
using Points loaded = ModelFile.Load<Points>(args[0]);
Console.WriteLine($"{loss:R} {loaded.Evaluate(X, labels).Accuracy:R}");
Console.WriteLine(Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(loaded.Parameters))));
Console.Error.WriteLine(JitInfo.GetCompiledMethodCount() > 0 ? "JIT" : "AOT");

[Network(5, 16, 2)]
public sealed partial class Points;
