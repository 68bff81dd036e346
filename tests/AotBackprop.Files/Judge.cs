using System.Buffers.Binary;

namespace AotBackprop.Files.Trials;

[Network(16, 9, 4)]
internal sealed partial class TriedNetwork;

/// <summary>Loads many files, and tells what came of each.</summary>
internal static class Judge
{
    /// <param name="path">Files, each behind its length in 8 bytes.</param>
    public static void All(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using StreamWriter said = new(Console.OpenStandardOutput());
        byte[] length = new byte[8];
        while (stream.ReadAtLeast(length, 8, throwOnEndOfStream: false) == 8)
        {
            byte[] file = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
            stream.ReadExactly(file);
            said.WriteLine(One(file));
        }
    }

    private static string One(byte[] file)
    {
        try
        {
            using TriedNetwork network = ModelFile.Load<TriedNetwork>(new MemoryStream(file), ScalingUse.Ignore);
            ModelFileInfo info = ModelFile.ReadInfo(new MemoryStream(file));
            ulong bits = 14695981039346656037;
            foreach (float parameter in network.Parameters)
            {
                bits = (bits ^ BitConverter.SingleToUInt32Bits(parameter)) * 1099511628211;
            }

            uint factor = BitConverter.SingleToUInt32Bits(info.Scaling?.Factor ?? 0);
            return $"ok {bits:x16} {info.Facts.Count} {factor:x8}";
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
    }
}
