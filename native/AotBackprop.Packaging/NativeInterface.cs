using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace AotBackprop.Packaging;

/// <summary>The C headers and the table that the generator left in an assembly as metadata.</summary>
internal sealed class NativeInterface
{
    private const string HeaderKey = "AotBackprop.Header:";
    private const string TableKey = "AotBackprop.Table";

    private readonly SortedDictionary<string, string> _files;

    private NativeInterface(SortedDictionary<string, string> files) => _files = files;

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
