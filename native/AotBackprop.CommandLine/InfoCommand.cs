using System.CommandLine;
using System.Runtime.InteropServices;
using AotBackprop.CommandLine.IO;
using AotBackprop.Files;
using AotBackprop.Native;

namespace AotBackprop.CommandLine;

/// <summary><c>info</c>: what this program is, and what a model file holds.</summary>
internal static class InfoCommand
{
    public static Command Create<TNetwork>()
        where TNetwork : class, INetwork<TNetwork>
    {
        Option<string> model = ProgramOptions.Model(required: false, "Tell what is in this model file instead");
        Command command = new("info", "Tell sizes, functions and instruction-set level of this program, or what is in a model file") { model };
        command.SetAction(result =>
        {
            if (result.GetValue(model) is { } path)
            {
                WriteModel(ModelFile.ReadInfo(NameBytes.Of(path)));
            }
            else
            {
                WriteProgram<TNetwork>();
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static unsafe void WriteProgram<TNetwork>()
        where TNetwork : class, INetwork<TNetwork>
    {
        Report.Line("sizes", string.Join('-', TNetwork.LayerSizes.ToArray()));
        Report.Line("activation", Activations.NameOf(TNetwork.HiddenActivation));
        Report.Line("output", Outputs.NameOf(TNetwork.OutputKind));
        Report.Line("parameters", TNetwork.ParameterCount);
        Report.Line("level", Marshal.PtrToStringUTF8((nint)NativeLibraryFunctions.InstructionSetLevel())!);
    }

    private static void WriteModel(ModelFileInfo info)
    {
        foreach ((string key, string value) in info.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // A file is someone else's: what a terminal would obey is not shown to it.
            Report.Line(Printable.Of(key), Printable.Of(value));
        }
    }
}
