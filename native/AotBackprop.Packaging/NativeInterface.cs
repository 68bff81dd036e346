using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace AotBackprop.Packaging;

/// <summary>The C headers and the table that the generator left in an assembly as metadata.</summary>
internal sealed class NativeInterface
{
    private const string HeaderKey = "AotBackprop.Header:";
    private const string TableKey = "AotBackprop.Table";
    private const string EntryPoint = "EntryPoint";

    private readonly SortedDictionary<string, string> _files;

    private NativeInterface(SortedDictionary<string, string> files) => _files = files;

    /// <summary>Writes what each of a native library's assemblies holds to a folder of its name.</summary>
    /// <param name="assemblies">Their files, the library's own first.</param>
    /// <param name="directory">Where the folders are to be.</param>
    /// <returns>The names of those that hold something, in the order given.</returns>
    public static IReadOnlyList<string> WriteEach(IReadOnlyList<string> assemblies, string directory)
    {
        List<string> exporters = [];
        foreach (string assembly in assemblies)
        {
            NativeInterface found = Read(assembly);
            if (found._files.Count > 0)
            {
                string name = Path.GetFileNameWithoutExtension(assembly);
                found.Write(Path.Combine(directory, name));
                exporters.Add(name);
            }
        }

        return exporters;
    }

    /// <summary>Whether a method of the assembly is a C function that the compiler would export.</summary>
    public static bool HasFunctions(string assembly)
    {
        using PEReader image = new(File.OpenRead(assembly));
        MetadataReader reader = image.GetMetadataReader();
        return reader.CustomAttributes.Select(reader.GetCustomAttribute).Any(attribute =>
            TypeName(reader, attribute) == "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute"
            && reader.GetBlobBytes(attribute.Value).AsSpan().IndexOf(Encoding.UTF8.GetBytes(EntryPoint)) >= 0);
    }

    public static NativeInterface Read(string assembly)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        using PEReader image = new(File.OpenRead(assembly));
        MetadataReader reader = image.GetMetadataReader();
        foreach (CustomAttributeHandle handle in reader.GetAssemblyDefinition().GetCustomAttributes())
        {
            CustomAttribute attribute = reader.GetCustomAttribute(handle);
            if (TypeName(reader, attribute) != "System.Reflection.AssemblyMetadataAttribute")
            {
                continue;
            }

            BlobReader value = reader.GetBlobReader(attribute.Value);
            value.ReadUInt16();
            string key = value.ReadSerializedString() ?? "";
            string text = value.ReadSerializedString() ?? "";
            if (key.StartsWith(HeaderKey, StringComparison.Ordinal))
            {
                files[key[HeaderKey.Length..]] = text;
            }
            else if (key == TableKey)
            {
                files[$"{InterfaceTable.Parse(text).Library}.json"] = text;
            }
        }

        return new NativeInterface(files);
    }

    public NativeInterface RequireAny(string assembly) =>
        _files.Count > 0
            ? this
            : throw new InvalidDataException($"'{assembly}' exports no network: wanted a class with [Network] and [NetworkExport].");

    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach ((string name, string text) in _files)
        {
            File.WriteAllText(Path.Combine(directory, name), text, new UTF8Encoding(false));
        }
    }

    private static string? TypeName(MetadataReader reader, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
        {
            return null;
        }

        EntityHandle parent = reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference)
        {
            return null;
        }

        TypeReference type = reader.GetTypeReference((TypeReferenceHandle)parent);
        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }
}
