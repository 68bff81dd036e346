using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AotBackprop.Packaging;

/// <summary>
/// Packs a wheel: the Python sources, the table, a module that names the networks, and the libraries of every level.
/// It needs no Python to build, and its bytes depend on nothing but what it holds.
/// </summary>
internal static class Wheel
{
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static string ProjectUrl => typeof(Wheel).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == nameof(ProjectUrl)).Value!;

    public static string Write(
        string table, string sources, string libraries, string licenses, string version, string output)
    {
        string json = File.ReadAllText(table);
        InterfaceTable networks = InterfaceTable.Parse(json);
        string name = networks.Library;
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);
        foreach (string source in Directory.EnumerateFiles(sources, "*", SearchOption.TopDirectoryOnly))
        {
            files[$"{name}/{Path.GetFileName(source)}"] = File.ReadAllBytes(source);
        }

        PythonNames.Require(sources, name, [.. networks.Networks.Select(n => n.Name)]);
        string file = $"lib{name}-{networks.Fingerprint}.so";
        files[$"{name}/table.json"] = Encoding.UTF8.GetBytes(WithFile(json, file));
        files[$"{name}/networks.py"] = Encoding.UTF8.GetBytes(PythonNetworks.Module(networks));
        foreach (string library in Directory.EnumerateFiles(libraries, $"lib{name}.so", SearchOption.AllDirectories))
        {
            // File and SONAME tell of the networks, so that a library of others that is loaded already can't stand in.
            byte[] bytes = File.ReadAllBytes(library);
            SharedObjectName.Write(bytes, file);
            string level = Path.GetDirectoryName(Path.GetRelativePath(libraries, library))!;
            files[Path.Combine(name, "lib", level, file)] = bytes;
        }

        string tag = $"py3-none-{ElfFile.PlatformTag(files.Where(f => f.Key.EndsWith(".so", StringComparison.Ordinal)).Select(f => f.Value))}";
        string info = $"{name}-{version}.dist-info";
        files[$"{info}/METADATA"] = Encoding.UTF8.GetBytes($"""
            Metadata-Version: 2.1
            Name: {name}
            Version: {version}
            Summary: Neural networks of fixed sizes with their training, compiled ahead of time
            License: MIT
            Author: The AotBackprop authors
            Project-URL: Homepage, {ProjectUrl}
            Project-URL: Documentation, {ProjectUrl}/tree/main/docs
            Project-URL: Changelog, {ProjectUrl}/blob/main/CHANGELOG.md
            Keywords: neural-network,training,backpropagation,native-aot
            Description-Content-Type: text/markdown
            Requires-Python: >=3.9
            Classifier: Development Status :: 4 - Beta
            Classifier: Intended Audience :: Developers
            Classifier: Intended Audience :: Science/Research
            Classifier: License :: OSI Approved :: MIT License
            Classifier: Operating System :: POSIX :: Linux
            Classifier: Programming Language :: Python :: 3
            Classifier: Programming Language :: Python :: 3 :: Only
            Classifier: Topic :: Scientific/Engineering :: Artificial Intelligence
            Classifier: Typing :: Typed
            Requires-Dist: numpy>=1.21
            Provides-Extra: sklearn
            Requires-Dist: scikit-learn>=1.2; extra == "sklearn"
            Provides-Extra: tqdm
            Requires-Dist: tqdm; extra == "tqdm"

            {Description(networks)}
            """.Replace("\r", ""));
        foreach (string license in Directory.EnumerateFiles(licenses))
        {
            files[$"{info}/licenses/{Path.GetFileName(license)}"] = File.ReadAllBytes(license);
        }

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

    /// <summary>The table, which tells the package what its library's file is called.</summary>
    private static string WithFile(string json, string file)
    {
        JsonObject table = JsonNode.Parse(json)!.AsObject();
        table["file"] = file;
        return table.ToJsonString();
    }

    /// <summary>What an index shows of the package.</summary>
    private static string Description(InterfaceTable table)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {table.Library}\n\n");
        text.Append("Neural networks of fixed sizes with their training, compiled ahead of time. NumPy in, NumPy out; nothing but NumPy is needed.\n\n");
        foreach (NetworkEntry network in table.Networks)
        {
            text.Append(CultureInfo.InvariantCulture, $"- `{network.Name}`: {string.Join("-", network.Sizes)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"""

            ```python
            import numpy as np
            from {table.Library} import {table.Networks[0].Name}

            X = np.random.default_rng(0).random((100, {table.Networks[0].Sizes[0]}), dtype=np.float32)
            labels = np.arange(100) % {table.Networks[0].Sizes[^1]}
            network = {table.Networks[0].Name}(seed=1).fit(X, labels, epochs=10)
            print(network.score(X, labels))
            ```

            """);
        return text.ToString();
    }
}
