using System.Globalization;
using AotBackprop;
using AotBackprop.Files.Trials;

// save PATH SEED | require PATH | judge FILE: a line for each file in it, 'ok' and its sizes, or what the refusal says.
try
{
    switch (args)
    {
        case ["save", string path, string seed]:
            using (TriedNetwork network = new(ulong.Parse(seed, CultureInfo.InvariantCulture)))
            {
                ModelFile.Save(network, path, new Dictionary<string, string> { ["seed"] = seed });
            }

            return 0;
        case ["require", string path]:
            ModelFile.RequireWritable(path);
            return 0;
        case ["judge", string path]:
            Judge.All(path);
            return 0;
        default:
            Console.Error.WriteLine("wanted save, require or judge");
            return 2;
    }
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
