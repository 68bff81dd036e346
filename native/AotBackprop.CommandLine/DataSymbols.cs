using System.CommandLine;
using AotBackprop.CommandLine.Data;

namespace AotBackprop.CommandLine;

/// <summary>The argument and options by which a command is given its samples.</summary>
internal sealed class DataSymbols
{
    private readonly Argument<string> _path;
    private readonly Option<float> _scale;
    private readonly Option<bool> _header = new("--header") { Description = "Pass over the first line that is not blank" };
    private readonly Option<bool> _quiet = ProgramOptions.Quiet();
    private readonly ProgramSettings _settings;

    public DataSymbols(string columns, ProgramSettings settings)
    {
        _settings = settings;
        _path = new("DATA")
        {
            Description = $"Comma-separated values, a sample a line: {columns}; decompressed where it is gzip; - for the standard input, ./- for a file of that name",
        };
        _scale = ProgramOptions.Number<float>(
            "--scale",
            $"Divide the inputs by this number, which a model keeps [default: that of --model, or {Text(settings.Scale)}]",
            scale => float.IsNormal(scale) && scale > 0,
            "a number from 1.18e-38 to 3.4e38");
        _path.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: "" }])
            {
                given.AddError("DATA is ''; wanted a file, or - for the standard input.");
            }
        });
    }

    public void AddTo(Command command)
    {
        command.Add(_path);
        command.Add(_scale);
        command.Add(_header);
        command.Add(_quiet);
    }

    public string Path(ParseResult result) => result.GetRequiredValue(_path);

    public bool IsQuiet(ParseResult result) => result.GetValue(_quiet);

    /// <summary>What inputs are divided by: as the model was trained, or as is asked for.</summary>
    /// <param name="result">What was asked for.</param>
    /// <param name="kept">What the model says, if there is one, and it does.</param>
    /// <exception cref="UsageException">Both say something, and not the same.</exception>
    public float Scale(ParseResult result, float? kept)
    {
        float? asked = result.GetResult(_scale) is null ? null : result.GetValue(_scale);
        return asked is null || kept is null || asked == kept
            ? asked ?? kept ?? _settings.Scale
            : throw new UsageException($"--scale is {Text(asked.Value)}, and the model was trained with {Text(kept.Value)}; wanted the same, or none.");
    }

    /// <summary>Reads the samples, with their targets where those are given.</summary>
    public Samples Read<TNetwork>(ParseResult result, float scale, TargetColumns? targets)
        where TNetwork : class, INetwork<TNetwork>
    {
        SampleReader reader = new()
        {
            Inputs = TNetwork.LayerSizes[0],
            Targets = targets,
            Scale = scale,
            HasHeader = result.GetValue(_header),
        };
        using DataFile file = new(Path(result), IsQuiet(result));
        return reader.Read(file);
    }

    private static string Text(float number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
