using System.Globalization;
using System.Text.Json;
using AotBackprop.Data;
using AotBackprop.Files;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>What a network is for: which targets its samples have, how it is judged, and what it tells of a sample.</summary>
internal abstract class NetworkTask
{
    /// <summary>What it wants of a table.</summary>
    public required DataShape Shape { get; init; }

    /// <summary>What <c>predict</c> tells.</summary>
    public required string Told { get; init; }

    /// <summary>What <c>predict --probabilities</c> tells; null of a network that has none.</summary>
    public string? Probabilities { get; init; }

    /// <summary>The task of a type.</summary>
    public static NetworkTask Of<TNetwork>()
        where TNetwork : class, INetwork<TNetwork>
    {
        DataShape shape = DataShape.Of<TNetwork>();
        string many = shape.Outputs == 1 ? "" : $"{shape.Outputs} ";
        return shape.Classes > 0
            ? new Classification { Shape = shape, Told = "the class", Probabilities = "The probability of each class, comma-separated, instead of the class" }
            : typeof(IRegressor).IsAssignableFrom(typeof(TNetwork))
            ? new Regression { Shape = shape, Told = shape.Outputs == 1 ? "the number" : $"the {many}numbers" }
            : new Labelling
            {
                Shape = shape,
                Told = $"which of the {many}labels hold, 1 or 0,",
                Probabilities = "The probability of each label, comma-separated, instead of 1 or 0",
            };
    }

    /// <summary>The name of the figure that a network is judged by.</summary>
    public abstract string Judge { get; }

    /// <summary>How a network does on labelled samples: what it is judged by first.</summary>
    public abstract Figure[] Evaluate(INetwork network, ReadOnlySpan<float> X, Targets targets);

    /// <summary>A line of <c>predict</c>.</summary>
    /// <param name="row">A of a sample.</param>
    /// <param name="probabilities">Whether probabilities are asked for.</param>
    /// <param name="classes">The names of the classes; null where they have none.</param>
    public abstract string Line(ReadOnlySpan<float> row, bool probabilities, IReadOnlyList<string>? classes);

    /// <summary>The fields of a line of <c>predict --json</c>, within its object.</summary>
    /// <inheritdoc cref="Line"/>
    public abstract void Write(Utf8JsonWriter json, ReadOnlySpan<float> row, bool probabilities, IReadOnlyList<string>? classes);

    private protected static string Join<T>(ReadOnlySpan<T> numbers)
        where T : IFormattable
    {
        string[] texts = new string[numbers.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = numbers[i].ToString(null, CultureInfo.InvariantCulture);
        }

        return string.Join(',', texts);
    }

    private protected static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<float> numbers)
    {
        json.WriteStartArray(name);
        foreach (float number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private sealed class Classification : NetworkTask
    {
        public override string Judge => "accuracy";

        public override Figure[] Evaluate(INetwork network, ReadOnlySpan<float> X, Targets targets)
        {
            Evaluation found = ((IClassifier)network).Evaluate(X, targets);
            return [new(Judge, found.Accuracy), new("loss", found.Loss)];
        }

        public override string Line(ReadOnlySpan<float> row, bool probabilities, IReadOnlyList<string>? classes)
        {
            // One output is the probability of class 1.
            ReadOnlySpan<float> all = row.Length > 1 ? row : [1 - row[0], row[0]];
            int largest = Largest(all);

            // A file is someone else's: what a terminal would obey is not shown to it.
            return probabilities ? Join(all) : classes is null ? largest.ToString(CultureInfo.InvariantCulture) : Printable.Of(classes[largest], int.MaxValue);
        }

        public override void Write(Utf8JsonWriter json, ReadOnlySpan<float> row, bool probabilities, IReadOnlyList<string>? classes)
        {
            ReadOnlySpan<float> all = row.Length > 1 ? row : [1 - row[0], row[0]];
            int largest = Largest(all);
            if (classes is null)
            {
                json.WriteNumber("class", largest);
            }
            else
            {
                json.WriteString("class", classes[largest]);
            }

            if (probabilities)
            {
                WriteNumbers(json, "probabilities", all);
            }
        }

        private static int Largest(ReadOnlySpan<float> row)
        {
            int largest = 0;
            for (int j = 1; j < row.Length; j++)
            {
                largest = row[j] > row[largest] ? j : largest;
            }

            return largest;
        }
    }

    private sealed class Labelling : NetworkTask
    {
        public override string Judge => "accuracy";

        public override Figure[] Evaluate(INetwork network, ReadOnlySpan<float> X, Targets targets)
        {
            MultiLabelEvaluation found = ((IMultiLabelClassifier)network).Evaluate(X, targets);
            return
            [
                new(Judge, found.LabelAccuracy.Average()),
                new("all right", found.Accuracy),
                new("loss", found.Loss),
            ];
        }

        public override void Write(Utf8JsonWriter json, ReadOnlySpan<float> row, bool probabilities, IReadOnlyList<string>? classes)
        {
            json.WriteStartArray("labels");
            foreach (float a in row)
            {
                json.WriteNumberValue(a > 0.5f ? 1 : 0);
            }

            json.WriteEndArray();
            if (probabilities)
            {
                WriteNumbers(json, "probabilities", row);
            }
        }

        public override string Line(ReadOnlySpan<float> row, bool probabilities, IReadOnlyList<string>? classes)
        {
            if (probabilities)
            {
                return Join(row);
            }

            int[] labels = new int[row.Length];
            for (int j = 0; j < labels.Length; j++)
            {
                labels[j] = row[j] > 0.5f ? 1 : 0;
            }

            return Join<int>(labels);
        }
    }

    private sealed class Regression : NetworkTask
    {
        public override string Judge => "R2";

        public override Figure[] Evaluate(INetwork network, ReadOnlySpan<float> X, Targets targets)
        {
            RegressionEvaluation found = ((IRegressor)network).Evaluate(X, targets);
            return [new(Judge, found.RSquared), new("mean error", found.MeanAbsoluteError), new("loss", found.Loss)];
        }

        public override string Line(ReadOnlySpan<float> row, bool probabilities, IReadOnlyList<string>? classes) => Join(row);

        public override void Write(Utf8JsonWriter json, ReadOnlySpan<float> row, bool probabilities, IReadOnlyList<string>? classes) =>
            WriteNumbers(json, "values", row);
    }
}
