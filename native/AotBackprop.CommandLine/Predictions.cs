using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AotBackprop.CommandLine.Data;
using AotBackprop.Data;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>
/// The lines of <c>predict</c>, as the samples come: what is asked of the standard input line by line is answered line by
/// line.
/// </summary>
internal sealed class Predictions<TNetwork> : IDisposable
    where TNetwork : class, INetwork<TNetwork>
{
    // Rows at a time.
    private const int Block = 256;

    private static readonly int s_inputs = TNetwork.LayerSizes[0];
    private static readonly int s_outputs = TNetwork.LayerSizes[^1];

    private readonly Model<TNetwork> _model;
    private readonly NetworkTask _task;
    private readonly TextWriter _writer;
    private readonly float[] _rows = new float[Block * s_inputs];
    private readonly float[] _values = new float[Block * s_outputs];
    private readonly long[] _lines = new long[Block];
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;
    private Origin? _origin;
    private int _count;

    public Predictions(Model<TNetwork> model, NetworkTask task, TextWriter writer)
    {
        _model = model;
        _task = task;
        _writer = writer;
        _json = new(_buffer, ModelFileValues.Plain);
    }

    public required bool AreProbabilities { get; init; }

    public required bool IsJson { get; init; }

    /// <summary>Writes a line for each sample of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="tells">Whether to tell what was found out of it.</param>
    /// <exception cref="InvalidDataException">A sample is not as wanted; the lines of those before it are written.</exception>
    public void Write(DataFile file, DataOptions options, bool tells)
    {
        using SampleRows rows = file.OpenInputs(_task.Shape, options, () =>
        {
            WritePending();
            _writer.Flush();
        });
        if (tells)
        {
            DataSymbols.Tell(file.Name, rows.Format, []);
        }

        _origin = rows.Origin;
        try
        {
            DataMessages.InWords(() => ReadAll(rows, options.Scaling));
        }
        catch (InvalidDataException)
        {
            // What is said of the samples before it is whole.
            WritePending();
            throw;
        }

        WritePending();
    }

    public void Dispose() => _json.Dispose();

    private bool ReadAll(SampleRows rows, InputScaling? scaling)
    {
        Func<int, string> place = i => $"{rows.Origin.PlaceOf(rows.Line)}, {rows.Origin.Input(i)}";
        while (rows.Next())
        {
            LoadedSamples.Round(rows.Row, scaling, _rows.AsSpan(_count * s_inputs, s_inputs), place);
            _lines[_count] = rows.Line;
            _count++;
            if (_count == Block)
            {
                WritePending();
            }
        }

        return true;
    }

    private void WritePending()
    {
        int count = _count;
        _count = 0;
        if (count == 0)
        {
            return;
        }

        _model.Network.Forward(_rows.AsSpan(0, count * s_inputs), _values.AsSpan(0, count * s_outputs));
        for (int n = 0; n < count; n++)
        {
            ReadOnlySpan<float> row = _values.AsSpan(n * s_outputs, s_outputs);
            RequireFinite(row, _lines[n]);
            _writer.WriteLine(IsJson ? Object(row) : _task.Line(row, AreProbabilities, _model.Classes));
        }
    }

    private string Object(ReadOnlySpan<float> row)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _task.Write(_json, row, AreProbabilities, _model.Classes);
        _json.WriteEndObject();
        _json.Flush();
        return Encoding.UTF8.GetString(_buffer.WrittenSpan);
    }

    private void RequireFinite(ReadOnlySpan<float> row, long line)
    {
        for (int j = 0; j < row.Length; j++)
        {
            if (!float.IsFinite(row[j]))
            {
                throw new NotFiniteNumberException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_origin!.PlaceOf(line)}: output {j} is {row[j]}; wanted smaller inputs, or another model."));
            }
        }
    }
}
