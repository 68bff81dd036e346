using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace AotBackprop.Samples;

/// <summary>Trains one network and shows what it has learned.</summary>
internal static class Demo
{
    private const ulong Seed = 1;
    private const int Epochs = 30;
    private const int BatchSize = 32;
    private const float LearningRate = 0.1f;
    private const int PicturesInRow = 4;

    public static void Run(IAnsiConsole console)
    {
        (DigitsData training, DigitsData heldOut) = DigitsData.Embedded().Split();
        console.WriteLine(Text($"A network of {string.Join('-', Digits.LayerSizes.ToArray())}: {Digits.ParameterCount:N0} weights and biases."));
        console.WriteLine(Text($"{training.Count:N0} handwritten digits to learn from, {heldOut.Count} held out."));

        using Digits network = new(Seed);
        TimeSpan time = Train(console, network, training, heldOut);
        console.WriteLine(Text($"{Epochs} epochs, batches of {BatchSize}, learning rate {LearningRate}: {time.TotalSeconds:F2} s of training."));

        Show(console, network, heldOut);
    }

    /// <summary>Trains, and shows after each epoch how far it has come. Returns the time of the training alone.</summary>
    private static TimeSpan Train(IAnsiConsole console, Digits network, DigitsData training, DigitsData heldOut)
    {
        Stopwatch watch = new();
        string Epoch(int epoch)
        {
            watch.Start();
            double loss = network.TrainEpoch(training.X, training.Labels, BatchSize, LearningRate, Seed, epoch);
            watch.Stop();
            double accuracy = network.Evaluate(heldOut.X, heldOut.Labels).Accuracy;
            return Text($"epoch {epoch + 1,2}  loss {loss:F4}  held-out digits right {accuracy,7:P1}");
        }

        if (console.Profile.Capabilities is { Ansi: true, Interactive: true })
        {
            console.Progress()
                .AutoRefresh(false)
                .Columns(new ProgressBarColumn { Width = 24 }, new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(context =>
                {
                    ProgressTask task = context.AddTask("epoch", maxValue: Epochs);
                    for (int epoch = 0; epoch < Epochs; epoch++)
                    {
                        task.Description = Epoch(epoch);
                        task.Increment(1);
                        context.Refresh();
                    }
                });
        }
        else
        {
            // A file or a plain terminal cannot redraw a line: some of the epochs, a line each.
            console.WriteLine();
            for (int epoch = 0; epoch < Epochs; epoch++)
            {
                string line = Epoch(epoch);
                if (epoch == 0 || epoch % 5 == 4)
                {
                    console.WriteLine(line);
                }
            }

            console.WriteLine();
        }

        return watch.Elapsed;
    }

    private static void Show(IAnsiConsole console, Digits network, DigitsData heldOut)
    {
        float[] probabilities = new float[heldOut.Count * DigitsData.Classes];
        network.Forward(heldOut.X, probabilities);
        int[] said = new int[heldOut.Count];
        network.Classify(heldOut.X, said);
        float Sure(int n, int digit) => probabilities[(n * DigitsData.Classes) + digit];

        Evaluation evaluation = network.Evaluate(heldOut.X, heldOut.Labels);
        console.Write(new Text(
            Text($"Right: {evaluation.Correct} of {evaluation.Count} held-out digits, {evaluation.Accuracy:P1}. Their loss is {evaluation.Loss:F3}."),
            new Style(decoration: Decoration.Bold)));
        console.WriteLine();
        console.WriteLine();

        console.WriteLine("A row for each digit, a column for what the network says it is:");
        console.Write(Drawing.ConfusionMatrix(heldOut.Labels, said, console.Profile));
        console.WriteLine();

        console.WriteLine("Digits it gets right, and how sure it is:");
        IEnumerable<int> right = Enumerable.Range(0, heldOut.Count)
            .Where(n => said[n] == heldOut.Labels[n])
            .DistinctBy(n => said[n]);
        ShowPictures(console, heldOut, right, n => [Text($"says {said[n]}, {Sure(n, said[n]),6:P1}")]);

        IEnumerable<int> wrong = Enumerable.Range(0, heldOut.Count)
            .Where(n => said[n] != heldOut.Labels[n])
            .OrderByDescending(n => Sure(n, said[n]));
        if (wrong.Any())
        {
            console.WriteLine("Digits it gets wrong, those first where it was most sure:");
            ShowPictures(console, heldOut, wrong, n =>
            [
                Text($"says {said[n]}, {Sure(n, said[n]),6:P1}"),
                Text($"  is {heldOut.Labels[n]}, {Sure(n, heldOut.Labels[n]),6:P1}"),
            ]);
        }

        console.WriteLine("Try next: [Network(64, 10)] in Digits.cs, a network without a hidden layer;");
        console.WriteLine("and docs/derivation.md, where each line of what it has just done is derived.");
    }

    private static void ShowPictures(IAnsiConsole console, DigitsData data, IEnumerable<int> samples, Func<int, IEnumerable<string>> caption)
    {
        int fit = Math.Max(1, console.Profile.Width / Drawing.ColumnWidth);
        int[] shown = [.. samples.Take(Math.Min(PicturesInRow, fit))];
        Grid grid = new();
        foreach (int _ in shown)
        {
            grid.AddColumn(new GridColumn().NoWrap().Width(Drawing.PictureWidth));
        }

        grid.AddRow([.. shown.Select(n => Drawing.Picture(data.Picture(n), console.Profile.Capabilities))]);
        grid.AddRow([.. shown.Select(n => new Text(string.Join('\n', caption(n))))]);
        console.Write(grid);
        console.WriteLine();
    }

    // The program speaks one language, whatever the machine's.
    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
