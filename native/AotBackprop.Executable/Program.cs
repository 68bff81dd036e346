using AotBackprop.CommandLine;
using AotBackprop.Executable;

return NetworkCommandLine.Run<Network>(args, new ProgramSettings
{
    Description = $"A network of {string.Join('-', Network.LayerSizes.ToArray())}, with its training.",
});
