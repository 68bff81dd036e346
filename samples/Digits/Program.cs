using AotBackprop.CommandLine;
using AotBackprop.Samples;
using Spectre.Console;

return NetworkCommandLine.Run<Digits>(args, new ProgramSettings
{
    Description = "A network of 64-32-10 that learns handwritten digits. Without arguments it shows how.",
    Scale = DigitsData.Brightest,
    Demo = () => Demo.Run(AnsiConsole.Console),
});
