using System.CommandLine;

namespace AotBackprop.CommandLine;

/// <summary>The argument and options by which a command is given its samples.</summary>
internal sealed class DataSymbols
{
    private readonly Argument<string> _path;
    private readonly Option<float> _scale;
    private readonly Option<bool> _header = new("--header") { Description = "Pass over the first line" };

    public DataSymbols(string columns, ProgramSettings settings)
    {
        _path = new("DATA")
        {
            Description = $"Comma-separated values, a sample a line: {columns}; decompressed where the name ends in .gz; - for the standard input",
        };
        _scale = ProgramOptions.Number(
            "--scale", "Divide the inputs by this number", settings.Scale, scale => float.IsNormal(scale) && scale > 0, "a number above 0");
    }

    public void AddTo(Command command)
    {
        command.Add(_path);
        command.Add(_scale);
        command.Add(_header);
    }

    public Samples Read<TNetwork>(ParseResult result, bool labelled)
        where TNetwork : class, INetwork<TNetwork>
    {
        SampleReader reader = new()
        {
            Inputs = TNetwork.LayerSizes[0],
            Classes = labelled ? TNetwork.LayerSizes[^1] : null,
            Scale = result.GetValue(_scale),
            HasHeader = result.GetValue(_header),
        };
        return reader.Read(result.GetRequiredValue(_path));
    }
}
