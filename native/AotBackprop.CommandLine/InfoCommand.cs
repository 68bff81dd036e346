using System.Buffers;
using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AotBackprop.CommandLine.IO;
using AotBackprop.Files;
using AotBackprop.Native;

namespace AotBackprop.CommandLine;

/// <summary><c>info</c>: what this program is, and what a model file holds.</summary>
internal static class InfoCommand
{
    /// <summary>The texts of a model file that are JSON themselves.</summary>
    private static readonly string[] s_jsonKeys = ["scaling", "classes", "columns", "target", "missing"];

    public static Command Create<TNetwork>()
        where TNetwork : class, INetwork<TNetwork>
    {
        Option<string> model = ProgramOptions.Model(required: false, "Tell what is in this model file instead: its sizes, scaling, columns, classes and facts");
        Option<bool> json = ProgramOptions.Json("an object");
        Command command = new("info", Examples.Of(
            "Tell sizes, functions and instruction-set level of this program, or what is in a model file",
            "info --model model.safetensors")) { model, json };
        command.SetAction(result =>
        {
            (string Key, string Value)[] lines = result.GetValue(model) is { } path
                ? [.. ModelFile.ReadInfo(NameBytes.Of(path)).Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))]
                : [.. Program<TNetwork>()];
            if (result.GetValue(json))
            {
                Standard.Output.WriteLine(Object(lines));
                return ExitCode.Ok;
            }

            foreach ((string key, string value) in lines)
            {
                // A file is someone else's: what a terminal would obey is not shown to it.
                Report.Line(Printable.Of(key), Printable.Of(value));
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static unsafe (string Key, string Value)[] Program<TNetwork>()
        where TNetwork : class, INetwork<TNetwork> =>
    [
        ("sizes", string.Join('-', TNetwork.LayerSizes.ToArray())),
        ("activation", Activations.NameOf(TNetwork.HiddenActivation)),
        ("output", Outputs.NameOf(TNetwork.OutputKind)),
        ("parameters", TNetwork.ParameterCount.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("level", Marshal.PtrToStringUTF8((nint)NativeLibraryFunctions.InstructionSetLevel())!),
    ];

    private static string Object((string Key, string Value)[] lines)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, ModelFileValues.Plain))
        {
            json.WriteStartObject();
            foreach ((string key, string value) in lines)
            {
                json.WritePropertyName(key);
                if (s_jsonKeys.Contains(key))
                {
                    // Checked where the file was read.
                    json.WriteRawValue(value);
                }
                else
                {
                    json.WriteStringValue(value);
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
