using System.Globalization;
using AotBackprop;
using AotBackprop.Numerics;
using AotBackprop.Optimizers;

// Optimizers DATA NAME MODEL: trains the digits by the API with the optimizer of that name, and tells whether the model
// file holds the same bits. The seed is the default one. A name that ends in -own has numbers of its own, the others have the
// defaults.
const ulong Seed = 0;
Optimizer optimizer = args[1] switch
{
    "sgd" => Optimizer.Sgd(0.1f),
    "momentum" => Optimizer.Momentum(0.1f),
    "nesterov" => Optimizer.Nesterov(0.1f),
    "adam" => Optimizer.Adam(),
    "adamw" => Optimizer.AdamW(),
    "lion" => Optimizer.Lion(),
    "sgd-own" => Optimizer.Sgd(0.05f, weightDecay: 0.002f, clipNorm: 0.2f),
    "momentum-own" => Optimizer.Momentum(0.05f, 0.8f, weightDecay: 0.002f, clipNorm: 0.2f),
    "nesterov-own" => Optimizer.Nesterov(0.05f, 0.8f, weightDecay: 0.002f, clipNorm: 0.2f),
    "adam-own" => Optimizer.Adam(0.005f, 0.8f, 0.99f, 1e-5f, weightDecay: 0.002f, clipNorm: 0.2f),
    "adamw-own" => Optimizer.AdamW(0.005f, 0.8f, 0.99f, 1e-5f, weightDecay: 0.002f, clipNorm: 0.2f),
    "lion-own" => Optimizer.Lion(0.001f, 0.8f, 0.95f, weightDecay: 0.002f, clipNorm: 0.2f),
    _ => throw new ArgumentException($"no optimizer is named '{args[1]}'"),
};

// The program's train holds out the same samples.
int[][] all = [.. File.ReadLines(args[0])
    .Select(line => line.Split(',').Select(field => int.Parse(field, CultureInfo.InvariantCulture)).ToArray())];
bool[] heldOut = new bool[all.Length];
Holdout.Choose([.. all.Select(row => row[64])], 0.2m, Seed, heldOut);
int[][] rows = [.. all.Where((_, n) => !heldOut[n])];
float[] X = [.. rows.SelectMany(row => row[..64]).Select(pixel => pixel / 16f)];
int[] labels = [.. rows.Select(row => row[64])];

using Digits network = new(Seed);
for (int epoch = 0; epoch < 3; epoch++)
{
    network.TrainEpoch(X, labels, batchSize: 32, optimizer, Seed, epoch);
}

using Digits loaded = ModelFile.Load<Digits>(args[2], ScalingUse.Ignore);
int different = 0;
for (int i = 0; i < Digits.ParameterCount; i++)
{
    different += BitConverter.SingleToInt32Bits(network.Parameters[i]) == BitConverter.SingleToInt32Bits(loaded.Parameters[i]) ? 0 : 1;
}

Console.WriteLine($"{different} of {Digits.ParameterCount} parameters differ");

namespace AotBackprop.Optimizers
{
    [Network(64, 32, 10)]
    internal sealed partial class Digits;
}
