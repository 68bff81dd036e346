// Times contestants in .NET by turns, and prints one line of JSON: what c/race.c does, which tells how.
//
//     Race OPERATION SIZES BATCH FUNCTIONS REFERENCE=OBJECT NAME[=MODEL] ...
//     Race start
//
// FUNCTIONS is c/reference.c, built. The first contestant is the library called from C, in this same process.
using System.Globalization;
using System.Runtime;
using System.Text.Json;
using Race;

const int Blocks = 41, EpochBlocks = 5;
const double BlockSeconds = 2e-3, WarmUpSeconds = 0.3;
const float TimedRate = 1e-4f, EpochRate = 0.1f;

if (args is ["start"])
{
    Start.Run();
    return;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(string operation, string shape, int batch) = (args[0], args[1], int.Parse(args[2]));
int[] sizes = [.. shape.Split('-').Select(int.Parse)];
Random random = new(1);
float[] initial = [.. sizes.Zip(sizes[1..]).SelectMany(layer => Draw(layer.First, layer.Second))];
Samples samples = Samples.Draw(random, batch, sizes[0], sizes[^1]);
Contestant[] contestants = [.. args[4..].Select(Open)];
Comparison comparison = new(sizes, initial, samples);
foreach (Contestant contestant in contestants)
{
    comparison.Compare(contestant, contestants[0]);
}

if (operation == "epoch")
{
    samples = Samples.FashionMnist();
}

WarmUp();
long[] runs = [.. contestants.Select(FindRuns)];
double[][] times = [.. contestants.Select(_ => new double[operation == "epoch" ? EpochBlocks : Blocks])];
for (int block = 0; block < times[0].Length; block++)
{
    for (int i = 0; i < contestants.Length; i++)
    {
        int at = (i + block) % contestants.Length;
        times[at][block] = TimeBlock(contestants[at], runs[at]);
    }
}

if (operation == "epoch")
{
    Array.ForEach(contestants, contestant => Comparison.CompareEpochs(contestant, contestants[0]));
}

double unit = Median(times[0]);
Dictionary<string, double> seconds = contestants.Zip(times).ToDictionary(
    pair => pair.First.Name, pair => unit * Median(pair.Second.Zip(times[0], (own, reference) => own / reference)));
Console.WriteLine(JsonSerializer.Serialize(new { operation, shape, batch, seconds }));

IEnumerable<float> Draw(int inputs, int outputs)
{
    float bound = MathF.Sqrt(6f / inputs);
    for (int i = 0; i < (inputs + 1) * outputs; i++)
    {
        yield return (2 * random.NextSingle() - 1) * (i < inputs * outputs ? bound : 0.1f);
    }
}

Contestant Open(string argument)
{
    string[] parts = argument.Split('=');
    return (parts[0], shape) switch
    {
#if ONNXRUNTIME
        ("onnxruntime", _) => new OnnxRuntime(parts[0], sizes, batch, parts[1], samples, initial),
#endif
        ("dotnet", "4-8-3") => new Ours<Iris>(parts[0], sizes, batch),
        ("dotnet", "64-32-10") => new Ours<Digits>(parts[0], sizes, batch),
        ("dotnet", "784-128-10") => new Ours<Mnist>(parts[0], sizes, batch),
        ("dotnet", "784-128-64-10") => new Ours<Deep>(parts[0], sizes, batch),
        ("dotnet", "784-512-10") => new Ours<Wide>(parts[0], sizes, batch),
        _ when parts.Length == 2 => new Reference(parts[0], sizes, batch, initial.Length, args[3], parts[1]),
        _ => throw new ArgumentException($"no contestant '{argument}' for {shape}"),
    };
}

void Run(Contestant contestant, long runs)
{
    switch (operation)
    {
        case "step": contestant.Step(samples, TimedRate, runs); break;
        case "forward": contestant.Forward(samples, runs); break;
        default: contestant.Epoch(samples, EpochRate); break;
    }
}

double TimeBlock(Contestant contestant, long runs)
{
    contestant.Load(initial);
    if (operation != "epoch")
    {
        Run(contestant, 1 + (runs / 8));
    }

    double start = Clock.Seconds();
    Run(contestant, runs);
    return (Clock.Seconds() - start) / runs;
}

// Until the JIT has no better code to offer: a round that is longer than it waits, in which it compiles nothing.
void WarmUp()
{
    long methods;
    do
    {
        methods = JitInfo.GetCompiledMethodCount();
        double end = Clock.Seconds() + WarmUpSeconds;
        while (Clock.Seconds() < end)
        {
            Array.ForEach(contestants, contestant => TimeBlock(contestant, 1));
        }
    }
    while (JitInfo.GetCompiledMethodCount() != methods);
}

long FindRuns(Contestant contestant)
{
    if (operation == "epoch")
    {
        return 1;
    }

    for (long runs = 1; ; runs *= 2)
    {
        double time = TimeBlock(contestant, runs);
        if (time * runs > BlockSeconds / 4)
        {
            return (long)(BlockSeconds / time) + 1;
        }
    }
}

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return sorted[sorted.Length / 2];
}
