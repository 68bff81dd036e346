using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace AotBackprop.Packaging;

/// <summary>
/// Packs a wheel: the Python sources, the table, a module that names the networks, and the libraries of every level.
/// It needs no Python to build, and its bytes depend on nothing but what it holds.
/// </summary>
internal static class Wheel
{
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Write(string table, string sources, string libraries, string version, string output)
    {
        string json = File.ReadAllText(table);
        InterfaceTable networks = InterfaceTable.Parse(json);
        string name = networks.Library;
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);
        foreach (string source in Directory.EnumerateFiles(sources, "*", SearchOption.TopDirectoryOnly))
        {
            files[$"{name}/{Path.GetFileName(source)}"] = File.ReadAllBytes(source);
        }

        files[$"{name}/table.json"] = Encoding.UTF8.GetBytes(json);
        files[$"{name}/networks.py"] = Encoding.UTF8.GetBytes(PythonNetworks.Module(networks));
        foreach (string library in Directory.EnumerateFiles(libraries, "*.so", SearchOption.AllDirectories))
        {
            files[$"{name}/lib/{Path.GetRelativePath(libraries, library).Replace('\\', '/')}"] = File.ReadAllBytes(library);
        }

        string tag = $"py3-none-{ElfFile.PlatformTag(files.Where(f => f.Key.EndsWith(".so", StringComparison.Ordinal)).Select(f => f.Value))}";
        string info = $"{name}-{version}.dist-info";
        files[$"{info}/METADATA"] = Encoding.UTF8.GetBytes($"""
            Metadata-Version: 2.1
            Name: {name}
            Version: {version}
            Summary: Neural networks of fixed sizes with their training, compiled ahead of time
            License: MIT
            Requires-Python: >=3.9
            Classifier: Operating System :: POSIX :: Linux
            Classifier: Typing :: Typed
            Requires-Dist: numpy>=1.21
            Provides-Extra: sklearn
            Requires-Dist: scikit-learn>=1.2; extra == "sklearn"
            Provides-Extra: tqdm
            Requires-Dist: tqdm; extra == "tqdm"

            """.Replace("\r", ""));
        files[$"{info}/WHEEL"] = Encoding.UTF8.GetBytes($"Wheel-Version: 1.0\nGenerator: AotBackprop\nRoot-Is-Purelib: false\nTag: {tag}\n");
        StringBuilder record = new();
        foreach ((string path, byte[] content) in files)
        {
            string hash = Convert.ToBase64String(SHA256.HashData(content)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
            record.Append(CultureInfo.InvariantCulture, $"{path},sha256={hash},{content.Length}\n");
        }

        record.Append(CultureInfo.InvariantCulture, $"{info}/RECORD,,\n");
        files[$"{info}/RECORD"] = Encoding.UTF8.GetBytes(record.ToString());

        Directory.CreateDirectory(output);
        string wheel = Path.Combine(output, $"{name}-{version}-{tag}.whl");
        File.Delete(wheel);
        using ZipArchive archive = ZipFile.Open(wheel, ZipArchiveMode.Create);
        foreach ((string path, byte[] content) in files)
        {
            ZipArchiveEntry entry = archive.CreateEntry(path, CompressionLevel.Optimal);
            entry.LastWriteTime = Epoch;

            // A regular file, readable by all; libraries executable too.
            entry.ExternalAttributes = (path.EndsWith(".so", StringComparison.Ordinal) ? 0x81ED : 0x81A4) << 16;
            using Stream stream = entry.Open();
            stream.Write(content);
        }

        return wheel;
    }
}
