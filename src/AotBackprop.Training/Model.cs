using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using AotBackprop.Data;
using AotBackprop.Training.Metrics;

namespace AotBackprop.Training;

/// <summary>
/// A network with all that belongs to it: how inputs are scaled, what takes the place of missing values, the names of columns
/// and classes. It takes inputs as they are in a table, and is as safe from many threads as the network.
/// </summary>
/// <remarks>
/// Inputs are replaced and scaled in double precision, and rounded once. NaN is a missing value. The model owns the network.
/// </remarks>
/// <typeparam name="TNetwork">The generated type.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "They make one of the type.")]
public sealed class Model<TNetwork> : IDisposable
    where TNetwork : class, INetwork<TNetwork>
{
    private readonly ModelDescription _description;
    private readonly double[]? _missing;

    /// <summary>A network with what belongs to it.</summary>
    /// <param name="network">The network, which the model disposes of.</param>
    /// <param name="description">What belongs to it; null for nothing.</param>
    public Model(TNetwork network, ModelDescription? description = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Network = network;
        _description = description ?? new();
        _missing = _description.Missing is { } missing ? [.. missing] : null;
        RequireCount(_missing?.Length, Inputs, "values in place of missing ones");
        RequireCount(_description.Scaling is { Columns: > 0 } scaling ? scaling.Columns : null, Inputs, "inputs that are scaled");
        RequireCount(_description.Columns?.Count, Inputs, "names of columns");
        RequireCount(_description.Classes?.Count, ModelFunctions.Of<TNetwork>().ClassCount(OutputCount), "names of classes");
    }

    /// <summary>The network itself, which takes inputs that are scaled already.</summary>
    public TNetwork Network { get; }

    /// <summary>How inputs are scaled; null where they are not.</summary>
    public ModelScaling? Scaling => _description.Scaling;

    /// <summary>What takes the place of a missing value of each input, before it is scaled; null where none may be missing.</summary>
    public IReadOnlyList<double>? Missing => _description.Missing;

    /// <summary>The names of the classes; null where they have none.</summary>
    public IReadOnlyList<string>? Classes => _description.Classes;

    /// <summary>The names of the columns that are the inputs; null where they have none.</summary>
    public IReadOnlyList<string>? Columns => _description.Columns;

    /// <summary>The names of the columns that say what the network should say; null where they have none.</summary>
    public IReadOnlyList<string>? Target => _description.Target;

    /// <summary>The texts that were given, such as how the network was trained.</summary>
    public IReadOnlyDictionary<string, string> Facts => _description.Facts ?? new Dictionary<string, string>();

    /// <summary>The names of classes, or of labels.</summary>
    internal IReadOnlyList<string>? NamesOfOutputs => Classes ?? (Target?.Count == OutputCount ? Target : null);

    private static int Inputs => TNetwork.LayerSizes[0];

    private static int OutputCount => TNetwork.LayerSizes[^1];

    private static bool IsClassifier => AotBackprop.Outputs.ClassesOf(TNetwork.OutputKind, OutputCount) > 0;

    private static bool IsRegressor => TNetwork.OutputKind is Output.Linear or Output.Huber;

    /// <summary>A model of a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no model file, of another network, or damaged: the message says it.</exception>
    public static Model<TNetwork> Load(string path)
    {
        TNetwork network = ModelFile.Load<TNetwork>(path, out ModelFileInfo info);
        return new(network, new()
        {
            Facts = info.Facts,
            Scaling = info.Scaling,
            Classes = info.Classes,
            Columns = info.Columns,
            Target = info.Target,
            Missing = info.Missing,
        });
    }

    /// <summary>How the network does on the samples of a table, each of which counts its weight where they have weights.</summary>
    /// <param name="samples">With targets, scaled as the model scales: read with its scaling, and its classes.</param>
    /// <exception cref="ArgumentException">They are scaled otherwise.</exception>
    public NetworkMetrics Evaluate(Dataset samples)
    {
        RequireScaled(samples);
        return NetworkMetrics.Of(Network, new TrainingData(samples), NamesOfOutputs);
    }

    /// <summary>
    /// How a table is read for the model: by its columns and classes, scaled and completed as it has learned. Give the model
    /// the samples themselves: their <see cref="Dataset.X"/> would be scaled once more.
    /// </summary>
    public DataOptions DataOptions => new()
    {
        Columns = Columns,
        Classes = IsClassifier ? Classes ?? [] : null,
        TargetNames = Target,
        Scaling = Scaling is null ? null : InputScaling.Parse(ModelFileValues.TextOf(Scaling)),
        Missing = Missing is null ? MissingValues.Refused : MissingValues.By([.. Missing]),
    };

    /// <summary>Writes it to a file, which is replaced as a whole; see <see cref="ModelFile"/>.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => ModelFile.Save(Network, path, _description);

    /// <summary>The inputs of a table without targets, or with some that are passed over, read by <see cref="DataOptions"/>.</summary>
    /// <param name="path">The file.</param>
    public Dataset ReadInputs(string path) => Dataset.ReadInputs<TNetwork>(path, DataOptions);

    /// <inheritdoc cref="Predict(ReadOnlySpan{double})"/>
    /// <param name="samples">Read by <see cref="ReadInputs"/> or <see cref="DataOptions"/>.</param>
    /// <exception cref="ArgumentException">They are scaled otherwise than the model scales.</exception>
    public float[] Predict(Dataset samples) => Decisions(Outputs(samples));

    /// <inheritdoc cref="PredictProbabilities(ReadOnlySpan{double})"/>
    /// <param name="samples">Read by <see cref="ReadInputs"/> or <see cref="DataOptions"/>.</param>
    /// <exception cref="ArgumentException">They are scaled otherwise than the model scales.</exception>
    public float[] PredictProbabilities(Dataset samples) => Probabilities(Outputs(samples));

    /// <summary>The class of each sample: its name, or its number where classes have no names.</summary>
    /// <param name="samples">Read by <see cref="ReadInputs"/> or <see cref="DataOptions"/>.</param>
    /// <exception cref="ArgumentException">They are scaled otherwise than the model scales.</exception>
    /// <exception cref="NotSupportedException">The network is no classifier.</exception>
    public string[] ClassesOf(Dataset samples) => [.. Outputs(samples).Chunk(OutputCount).Select(NameOf)];

    /// <summary>A of the output layer for each row: probabilities, or numbers.</summary>
    /// <param name="X">N×D inputs as they are.</param>
    /// <param name="outputs">Receives N×C numbers.</param>
    public void Forward(ReadOnlySpan<double> X, Span<float> outputs) => Ask(X, outputs);

    /// <inheritdoc cref="Forward(ReadOnlySpan{double}, Span{float})"/>
    public void Forward(ReadOnlySpan<float> X, Span<float> outputs) => Ask(X, outputs);

    /// <summary>What the network says of each row: its numbers, of several labels 1 or 0 for each, else the number of its class.</summary>
    /// <param name="X">N×D inputs as they are.</param>
    /// <returns>N×C numbers of a regressor or of several labels, N of a classifier.</returns>
    public float[] Predict(ReadOnlySpan<double> X) => Decisions(Outputs<double>(X));

    /// <inheritdoc cref="Predict(ReadOnlySpan{double})"/>
    public float[] Predict(ReadOnlySpan<float> X) => Decisions(Outputs<float>(X));

    /// <summary>The probability of each class, of two where there is one output, or of each label.</summary>
    /// <param name="X">N×D inputs as they are.</param>
    /// <returns>N rows.</returns>
    /// <exception cref="NotSupportedException">The network says numbers.</exception>
    public float[] PredictProbabilities(ReadOnlySpan<double> X) => Probabilities(Outputs<double>(X));

    /// <inheritdoc cref="PredictProbabilities(ReadOnlySpan{double})"/>
    public float[] PredictProbabilities(ReadOnlySpan<float> X) => Probabilities(Outputs<float>(X));

    /// <summary>The class of one row: its name, or its number where classes have no names.</summary>
    /// <param name="row">D inputs as they are.</param>
    /// <exception cref="NotSupportedException">The network is no classifier.</exception>
    public string ClassOf(ReadOnlySpan<double> row) => NameOf(Outputs<double>(row));

    /// <inheritdoc cref="ClassOf(ReadOnlySpan{double})"/>
    public string ClassOf(ReadOnlySpan<float> row) => NameOf(Outputs<float>(row));

    /// <summary>Disposes of the network.</summary>
    public void Dispose() => Network.Dispose();

    private static void RequireCount(int? came, int wanted, string what)
    {
        if (came is { } count && count != wanted)
        {
            throw new ArgumentException($"There are {count} {what}; wanted {wanted}.");
        }
    }

    private float[] Outputs(Dataset samples)
    {
        RequireScaled(samples);
        float[] outputs = new float[checked(samples.Count * OutputCount)];
        Network.Forward(samples.X, outputs);
        return outputs;
    }

    private void RequireScaled(Dataset samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Scaling?.ToJson() != (Scaling is null ? null : ModelFileValues.TextOf(Scaling)))
        {
            throw new ArgumentException(
                $"The samples are {samples.Scaling?.ToString() ?? "not scaled"}; wanted {Scaling?.ToString() ?? "none scaled"}, as the model has it: " +
                "ReadInputs and DataOptions read them so.",
                nameof(samples));
        }
    }

    private float[] Outputs<T>(ReadOnlySpan<T> X)
        where T : unmanaged, INumberBase<T>
    {
        float[] outputs = new float[checked(X.Length / Inputs * OutputCount)];
        Ask<T>(X, outputs);
        return outputs;
    }

    private void Ask<T>(ReadOnlySpan<T> X, Span<float> outputs)
        where T : unmanaged, INumberBase<T>
    {
        if (X.Length == 0 || X.Length % Inputs != 0)
        {
            throw new ArgumentException($"X has {X.Length} numbers; wanted a multiple of {Inputs}, the inputs of a row, and at least one row.", nameof(X));
        }

        float[] prepared = ArrayPool<float>.Shared.Rent(X.Length);
        try
        {
            Prepare(X, prepared);
            Network.Forward(prepared.AsSpan(0, X.Length), outputs);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(prepared);
        }
    }

    private void Prepare<T>(ReadOnlySpan<T> X, Span<float> prepared)
        where T : unmanaged, INumberBase<T>
    {
        int inputs = Inputs;
        for (int i = 0, column = 0; i < X.Length; i++, column = column + 1 < inputs ? column + 1 : 0)
        {
            double x = double.CreateTruncating(X[i]);
            if (double.IsNaN(x))
            {
                x = _missing is not null
                    ? _missing[column]
                    : throw Refusal(i, x, "a finite number: the model has nothing to put in the place of a missing value");
            }

            prepared[i] = Scaling is { } scaling ? scaling.Of(x, column) : (float)x;
            if (!float.IsFinite(prepared[i]))
            {
                throw Refusal(i, x, Scaling is null ? "a finite number of single precision" : $"a number that is finite once it is {Scaling}");
            }
        }
    }

    private ArgumentException Refusal(int i, double came, string wanted)
    {
        string name = Columns is { } columns ? $" ('{Files.Printable.Of(columns[i % Inputs])}')" : "";
        return new(string.Create(CultureInfo.InvariantCulture, $"X[{i / Inputs}, {i % Inputs}]{name} is {came}; wanted {wanted}."));
    }

    private static float[] Decisions(float[] outputs)
    {
        if (IsRegressor)
        {
            return outputs;
        }

        if (TNetwork.OutputKind == Output.Sigmoid)
        {
            return Array.ConvertAll(outputs, a => a > 0.5f ? 1f : 0f);
        }

        float[] classes = new float[outputs.Length / OutputCount];
        for (int n = 0; n < classes.Length; n++)
        {
            classes[n] = IndexOfLargest(outputs.AsSpan(n * OutputCount, OutputCount));
        }

        return classes;
    }

    private static float[] Probabilities(float[] outputs)
    {
        if (IsRegressor)
        {
            throw new NotSupportedException("The network says numbers, which have no probabilities; wanted a classifier.");
        }

        return TNetwork.OutputKind == Output.Sigmoid && OutputCount == 1 ? [.. outputs.SelectMany(a => (float[])[1 - a, a])] : outputs;
    }

    private string NameOf(float[] outputs)
    {
        if (IsRegressor || (TNetwork.OutputKind == Output.Sigmoid && OutputCount > 1))
        {
            throw new NotSupportedException("The network says no class of a row; wanted a classifier.");
        }

        if (outputs.Length != OutputCount)
        {
            throw new ArgumentException($"There are {outputs.Length / OutputCount} rows; wanted one.");
        }

        int number = OutputCount == 1 ? (outputs[0] > 0.5f ? 1 : 0) : IndexOfLargest(outputs);
        return Classes is { } names ? names[number] : number.ToString(CultureInfo.InvariantCulture);
    }

    // The first of several.
    private static int IndexOfLargest(ReadOnlySpan<float> row)
    {
        int largest = 0;
        for (int j = 1; j < row.Length; j++)
        {
            largest = row[j] > row[largest] ? j : largest;
        }

        return largest;
    }
}
