using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AotBackprop;

/// <summary>
/// Networks in files of the safetensors format: <c>layers.0.weight</c> (F32, inputs×outputs), <c>layers.0.bias</c>
/// (F32, outputs), <c>layers.1.weight</c>, …, and in the metadata <c>format</c> (<c>aotbackprop</c>),
/// <c>format_version</c> (<c>1</c>), <c>sizes</c> (as in <c>64-32-10</c>) and whatever facts were given.
/// </summary>
public static class ModelFile
{
    // Floats at a time: a span of bytes over all parameters could exceed what a span can hold.
    private const int Chunk = 1 << 20;

    /// <summary>
    /// Writes the network to a file. An existing one is replaced as a whole, and only once everything is on the disk:
    /// whatever happens, the path names a complete file, the old or the new.
    /// </summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network; nothing may train it meanwhile.</param>
    /// <param name="path">The file. Where it is a symbolic link, what it points to is replaced.</param>
    /// <param name="facts">Texts to keep in the file, such as how the network was trained.</param>
    /// <exception cref="NotFiniteNumberException">A parameter is not finite, and no file is written.</exception>
    public static void Save<TNetwork>(TNetwork network, string path, IReadOnlyDictionary<string, string>? facts = null)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ReadOnlySpan<float> parameters = network.Parameters;
        int culprit = IndexOfNotFinite(parameters);
        if (culprit >= 0)
        {
            throw new NotFiniteNumberException($"Parameter {culprit} is {parameters[culprit]}; a model file holds finite numbers.");
        }

        byte[] header = ModelFileHeader.Write(TNetwork.LayerSizes, facts ?? new Dictionary<string, string>());
        string whole = Replaceable(path);

        // Not a Guid, which throws where there is no /dev/urandom.
        string temporary = Path.Combine(Path.GetDirectoryName(whole) ?? "", $".{Path.GetFileName(whole)}.{Random.Shared.NextInt64():x16}.tmp");
        FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write);
        try
        {
            using (stream)
            {
                stream.Write(header);
                WriteFloats(stream, parameters);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, whole, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        GC.KeepAlive(network);
    }

    /// <summary>A new network with the parameters of a file.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">
    /// The file is none of this format, of other sizes, damaged, or holds numbers that are not finite: the message says
    /// what was wanted and what came.
    /// </exception>
    public static TNetwork Load<TNetwork>(string path)
        where TNetwork : class, INetwork<TNetwork>
    {
        float[] parameters = ReadParameters(path, TNetwork.LayerSizes);
        TNetwork network = TNetwork.Create(0);
        network.SetParameters(parameters);
        return network;
    }

    /// <summary>Replaces the parameters of a network by those of a file; on an error the network is unchanged.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network; nothing may use it meanwhile.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">
    /// The file is none of this format, of other sizes, damaged, or holds numbers that are not finite: the message says
    /// what was wanted and what came.
    /// </exception>
    public static void LoadInto<TNetwork>(TNetwork network, string path)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(network);
        network.SetParameters(ReadParameters(path, TNetwork.LayerSizes));
    }

    /// <summary>The sizes and the metadata of a file, of whatever network.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">
    /// The file is none of this format, or damaged: the message says what was wanted and what came.
    /// </exception>
    public static ModelFileInfo ReadInfo(string path) =>
        Read(path, (_, header) => new ModelFileInfo(header.Sizes, header.Metadata));

    // A rename would put a file in the place of a device.
    private static string Replaceable(string path)
    {
        FileInfo file = new(path);
        string whole = file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        return OperatingSystem.IsWindows() || !whole.StartsWith("/dev/", StringComparison.Ordinal) || whole.StartsWith("/dev/shm/", StringComparison.Ordinal)
            ? whole
            : throw new IOException($"Model file '{path}' is a device; wanted a file.");
    }

    private static float[] ReadParameters(string path, ReadOnlySpan<int> sizes)
    {
        int[] wanted = sizes.ToArray();
        return Read(path, (stream, header) =>
        {
            if (!header.Sizes.AsSpan().SequenceEqual(wanted))
            {
                throw new InvalidDataException(
                    $"It holds a network of {string.Join('-', header.Sizes)}; wanted {string.Join('-', wanted)}.");
            }

            float[] parameters = new float[header.Tensors.Sum(tensor => tensor.Count)];
            int offset = 0;
            foreach (ModelFileTensor tensor in header.Tensors)
            {
                Span<float> target = parameters.AsSpan(offset, (int)tensor.Count);
                stream.Position = header.DataOffset + tensor.Begin;
                ReadFloats(stream, target);
                int culprit = IndexOfNotFinite(target);
                if (culprit >= 0)
                {
                    throw new InvalidDataException($"Element {culprit} of '{tensor.Name}' is {target[culprit]}; wanted finite numbers.");
                }

                offset += target.Length;
            }

            return parameters;
        });
    }

    private static TResult Read<TResult>(string path, Func<FileStream, ModelFileHeader, TResult> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return stream.CanSeek
                ? read(stream, ModelFileHeader.Read(stream))
                : throw new InvalidDataException("It is a pipe or a device; wanted a file.");
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"Model file '{path}': {e.Message}", e);
        }
    }

    private static int IndexOfNotFinite(ReadOnlySpan<float> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!float.IsFinite(numbers[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static void WriteFloats(Stream stream, ReadOnlySpan<float> numbers)
    {
        uint[] bits = new uint[Math.Min(Chunk, numbers.Length)];
        for (; numbers.Length > 0; numbers = numbers[Math.Min(Chunk, numbers.Length)..])
        {
            Span<uint> chunk = bits.AsSpan(0, Math.Min(Chunk, numbers.Length));
            MemoryMarshal.Cast<float, uint>(numbers[..chunk.Length]).CopyTo(chunk);
            ToOrFromLittleEndian(chunk);
            stream.Write(MemoryMarshal.AsBytes(chunk));
        }
    }

    private static void ReadFloats(Stream stream, Span<float> numbers)
    {
        for (; numbers.Length > 0; numbers = numbers[Math.Min(Chunk, numbers.Length)..])
        {
            Span<uint> chunk = MemoryMarshal.Cast<float, uint>(numbers[..Math.Min(Chunk, numbers.Length)]);
            stream.ReadExactly(MemoryMarshal.AsBytes(chunk));
            ToOrFromLittleEndian(chunk);
        }
    }

    private static void ToOrFromLittleEndian(Span<uint> bits)
    {
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
    }
}
