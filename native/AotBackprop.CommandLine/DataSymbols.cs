using System.CommandLine;
using System.Text;
using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.Display;
using AotBackprop.CommandLine.IO;
using AotBackprop.Data;
using AotBackprop.Files;

namespace AotBackprop.CommandLine;

/// <summary>The argument and options by which a command is given its samples.</summary>
internal sealed class DataSymbols
{
    private static readonly (string Word, char Delimiter)[] s_delimiters =
        [("comma", ','), ("semicolon", ';'), ("tab", '\t'), ("space", ' '), ("bar", '|'), (@"\t", '\t')];

    private static readonly (string Word, Encoding Encoding)[] s_encodings =
    [
        ("utf-8", Encoding.UTF8), ("latin-1", Encoding.Latin1), ("utf-16", Encoding.Unicode), ("utf-16be", Encoding.BigEndianUnicode),
        ("utf-32", Encoding.UTF32),
    ];

    private readonly Argument<string> _path;
    private readonly Option<bool> _header = new("--header") { Description = "The first line is names of columns [default: found out]" };
    private readonly Option<bool> _noHeader = new("--no-header") { Description = "The first line is a sample" };
    private readonly Option<bool> _skipHeader = new("--skip-header") { Description = "Pass over the first line" };
    private readonly Option<char?> _delimiter = Character(
        "--delimiter", "What stands between values: a character, or comma, semicolon, tab, space, bar [default: found out]", isDelimiter: true);
    private readonly Option<char?> _comment = Character("--comment", "Pass over lines that begin with this character", isDelimiter: false);
    private readonly Option<bool> _decimalComma = new("--decimal-comma") { Description = "Numbers are written with a comma, as in 1,5" };
    private readonly Option<string?> _encoding;
    private readonly Option<string[]> _target = Columns(
        "--target", "A column that the network should say, by its name or number, −1 the last; may be repeated");
    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "The column of each sample's weight, by its name or number; of an NPZ file the name of an array [default: all count the same]",
        HelpName = "COLUMN",
    };

    private readonly Option<string[]> _leaveOut = Columns("--leave-out", "A column that is none of the samples'; may be repeated");
    private readonly Option<string?> _targetFile = new("--target-file")
    {
        Description = "The targets are in this file, as MNIST's labels are",
        HelpName = "FILE",
    };

    private readonly Option<string?> _inputMember = new("--input-member") { Description = "The inputs' array in an NPZ file", HelpName = "NAME" };
    private readonly Option<string?> _targetMember = new("--target-member") { Description = "The targets' array in an NPZ file", HelpName = "NAME" };
    private readonly Option<bool> _quiet = ProgramOptions.Quiet();
    private readonly bool _hasTargets;

    public DataSymbols(string what, bool hasTargets)
    {
        _hasTargets = hasTargets;
        _path = new("DATA")
        {
            Description = $"Samples: {what}. CSV in any dialect, JSON lines, NPY, NPZ, IDX, decompressed where it is gzip; "
                + "- for the standard input, ./- for a file of that name",
        };
        _path.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: "" }])
            {
                given.AddError("DATA is ''; wanted a file, or - for the standard input.");
            }
        });
        string[] words = [.. s_encodings.Select(one => one.Word)];
        _encoding = ProgramOptions.OptionalWord("--encoding", "Of text without a byte order mark [default: found out]", words);
    }

    public void AddTo(Command command)
    {
        command.Add(_path);
        Option[] all =
        [
            _header, _noHeader, _skipHeader, _delimiter, _comment, _decimalComma, _encoding, _target, _leaveOut,
            .. _hasTargets ? (Option[])[_weights, _targetFile, _targetMember] : [], _inputMember, _quiet,
        ];
        RequireColumn(_weights);
        foreach (Option option in all)
        {
            command.Add(option);
        }

        command.Validators.Add(given =>
        {
            Option<bool>[] asked = [.. new[] { _header, _noHeader, _skipHeader }.Where(given.GetValue)];
            if (asked.Length > 1)
            {
                given.AddError($"{asked[0].Name} is given beside {asked[1].Name}; wanted one of them.");
            }

            if (given.GetValue(_decimalComma) && given.GetResult(_delimiter) is { Errors: var errors } && !errors.Any() && given.GetValue(_delimiter) == ',')
            {
                given.AddError("--delimiter is ',', which is in numbers by --decimal-comma; wanted another.");
            }
        });
    }

    public string Path(ParseResult result) => result.GetRequiredValue(_path);

    public bool IsQuiet(ParseResult result) => result.GetValue(_quiet);

    /// <summary>How the file is read.</summary>
    /// <param name="result">What was asked for.</param>
    /// <param name="known">What is known already, as of a model.</param>
    public DataOptions Options(ParseResult result, DataOptions known)
    {
        string? encoding = result.GetValue(_encoding);
        string[] targets = result.GetValue(_target) ?? [];
        return known with
        {
            Header = result.GetValue(_header) ? HeaderUse.Names
                : result.GetValue(_noHeader) ? HeaderUse.None
                : result.GetValue(_skipHeader) ? HeaderUse.Skip
                : HeaderUse.Find,
            Delimiter = result.GetValue(_delimiter),
            Comment = result.GetValue(_comment),
            DecimalComma = result.GetValue(_decimalComma),
            Encoding = encoding is null ? null : s_encodings.First(one => one.Word == encoding).Encoding,
            Targets = targets.Length > 0 ? [.. targets.Select(Column.Parse)] : null,
            Weights = _hasTargets && result.GetValue(_weights) is { } weights ? Column.Parse(weights) : (Column?)null,
            LeaveOut = [.. (result.GetValue(_leaveOut) ?? []).Select(Column.Parse)],
            TargetFile = _hasTargets ? result.GetValue(_targetFile) : null,
            InputMember = result.GetValue(_inputMember),
            TargetMember = _hasTargets ? result.GetValue(_targetMember) : null,
        };
    }

    /// <summary>Reads the samples with their targets, and tells what was found out.</summary>
    public Dataset Read<TNetwork>(ParseResult result, DataOptions options)
        where TNetwork : class, INetwork<TNetwork> => Read<TNetwork>(Path(result), IsQuiet(result), options);

    /// <inheritdoc cref="Read{TNetwork}(ParseResult, DataOptions)"/>
    public static Dataset Read<TNetwork>(string path, bool isQuiet, DataOptions options)
        where TNetwork : class, INetwork<TNetwork>
    {
        using DataFile file = new(path, isQuiet);
        Dataset samples = file.Read(DataShape.Of<TNetwork>(), options);
        if (!isQuiet)
        {
            Tell(file.Name, samples.Format, samples.Notes);
        }

        return samples;
    }

    /// <summary>Reads the samples block by block, and tells what was found out.</summary>
    /// <param name="result">What was asked for.</param>
    /// <param name="blockSize">Samples in a block.</param>
    /// <param name="options">How the file is read.</param>
    /// <param name="progress">Is told how far the file is read before the first epoch.</param>
    public StreamedDataset Open<TNetwork>(ParseResult result, int blockSize, DataOptions options, ReadProgress progress)
        where TNetwork : class, INetwork<TNetwork>
    {
        string path = Path(result);
        StreamedDataset samples = DataMessages.InWords(() => StreamedDataset.Open(path, DataShape.Of<TNetwork>(), blockSize, options, progress.Add));
        progress.Clear();
        if (!IsQuiet(result))
        {
            Tell(Printable.Of(path), samples.Format, samples.Notes);
        }

        return samples;
    }

    /// <summary>Tells what was found out of a file.</summary>
    public static void Tell(string name, TableFormat format, IEnumerable<string> notes)
    {
        // Where it would have to wait, it is left out: it is no more than progress.
        Standard.LogProgress($"{name}: {format}\n");
        foreach (string note in notes)
        {
            Standard.LogProgress($"{name}: {DataMessages.InWords(note)}\n");
        }
    }

    private static Option<string[]> Columns(string name, string description)
    {
        Option<string[]> option = new(name) { Description = description, HelpName = "COLUMN", AllowMultipleArgumentsPerToken = false };
        RequireColumn(option);
        return option;
    }

    private static void RequireColumn(Option option) => option.Validators.Add(given =>
    {
        if (given.Tokens.FirstOrDefault(token => token.Value is "" or "0") is { } wrong)
        {
            given.AddError($"{option.Name} is '{wrong.Value}'; wanted the name of a column, or its number from 1.");
        }
    });

    private static Option<char?> Character(string name, string description, bool isDelimiter) => new(name)
    {
        Description = description,
        HelpName = "CHARACTER",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            (string? word, char delimiter) = s_delimiters.FirstOrDefault(one => one.Word == text);
            if (isDelimiter && word is not null)
            {
                return delimiter;
            }

            if (text is [> '\0' and < '\x7F' and not '"' and not '\r' and not '\n'] && (isDelimiter || text[0] > ' '))
            {
                return text[0];
            }

            string words = isDelimiter ? ", or one of their words" : "";
            result.AddError($"{name} is '{Printable.Of(text)}'; wanted an ASCII character that is no quotation mark{words}.");
            return null;
        },
    };
}
