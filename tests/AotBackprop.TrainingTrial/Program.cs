using System.Globalization;
using System.Runtime.InteropServices;
using AotBackprop;
using AotBackprop.Training;
using AotBackprop.Training.Metrics;

// CHECKPOINT EPOCHS | '' EPOCHS: trains to the end, from the checkpoint on where there is one, and prints the bits of what it
// has learned. 'epoch N' is printed after each.
string path = args[0];
int epochs = int.Parse(args[1], CultureInfo.InvariantCulture);
Random random = new(5);
float[] x = new float[96 * 8];
int[] labels = new int[96];
for (int n = 0; n < labels.Length; n++)
{
    labels[n] = random.Next(3);
    for (int i = 0; i < 8; i++)
    {
        x[(n * 8) + i] = random.NextSingle() + (i == labels[n] ? 0.5f : 0);
    }
}

Trainer trainer = new()
{
    Epochs = epochs,
    BatchSize = 8,
    Optimizer = Optimizer.Adam(1e-3f, clipNorm: 1),
    Seed = 3,
    Schedule = Schedule.Plateau(patience: 3),
    ValidationShare = 0.25m,
    EarlyStopping = new() { Patience = 1_000_000 },
    ClassWeights = ClassWeights.Balanced,
    LabelSmoothing = 0.05,
    Checkpoint = path.Length > 0 ? new() { Path = path, Resume = true } : null,
    EpochEnded = report => Console.WriteLine($"epoch {report.Epoch.Epoch}"),
};
TrainingResult<Trial> result = trainer.Fit<Trial>(new TrainingData(x, labels));
using Model<Trial> model = new(result.Network, new() { Scaling = ModelScaling.DivideBy(1), Classes = ["a", "b", "c"] });
float[] outputs = new float[labels.Length * 3];
model.Forward(x, outputs);
ClassificationMetrics metrics = ClassificationMetrics.Of(outputs, labels, model.Classes);
using StringWriter history = new() { NewLine = "\n" };
result.History.WriteCsv(history);
ulong bits = 14695981039346656037;
foreach (uint parameter in MemoryMarshal.Cast<float, uint>(model.Network.Parameters))
{
    bits = (bits ^ parameter) * 1099511628211;
}

foreach (char c in history.ToString() + metrics.ToJson() + metrics)
{
    bits = (bits ^ c) * 1099511628211;
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {bits:x16} {result.Steps} {metrics.Accuracy}"));

[Network(8, 12, 3)]
internal sealed partial class Trial;
