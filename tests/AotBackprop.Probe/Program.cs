using System.Globalization;
using AotBackprop.Probe;

Console.WriteLine($"{VectorUnit.Width} {(VectorUnit.IsFused ? "fused" : "unfused")}");
foreach (Trained trained in Training.All())
{
    Console.WriteLine($"{trained.Name}\t{trained.Hash}\t{trained.Loss.ToString("R", CultureInfo.InvariantCulture)}");
}
