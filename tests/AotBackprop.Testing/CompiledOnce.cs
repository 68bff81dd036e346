using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using AotBackprop.Generator;

namespace AotBackprop.Testing;

/// <summary>
/// Assemblies of emitted code that stay beside the tests: runs at several vector widths compile the same sources.
/// </summary>
public static class CompiledOnce
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "compiled");

    /// <summary>Compiles a source with the generator's output, or takes what an earlier run has compiled of it.</summary>
    public static Assembly Load(string source)
    {
        string file = Path.Combine(Folder, $"{Key(source)}.dll");
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(Folder);
            string temporary = $"{file}.{Environment.ProcessId}.{Guid.NewGuid():N}";
            using (FileStream stream = File.Create(temporary))
            {
                GeneratorRun.Of(source).Emit(stream);
            }

            File.Move(temporary, file, overwrite: true);
        }

        return Assembly.LoadFrom(file);
    }

    // Of the source, and of all that decides what it is compiled to.
    private static string Key(string source)
    {
        Type[] from = [typeof(NetworkGenerator), typeof(NetworkAttribute), typeof(GeneratorRun)];
        string all = string.Join(' ', from.Select(type => type.Module.ModuleVersionId)) + source;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }
}
