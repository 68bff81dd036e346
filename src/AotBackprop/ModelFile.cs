using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AotBackprop.Files;

namespace AotBackprop;

/// <summary>
/// Networks in files of the safetensors format: <c>layers.0.weight</c> (F32, inputs×outputs), <c>layers.0.bias</c>
/// (F32, outputs), <c>layers.1.weight</c>, …, and in the metadata what docs/files.md lists: the format and its version, the
/// sizes, the layout, a checksum, the scaling and the names of the classes where there are any, and whatever facts were given.
/// </summary>
/// <remarks>
/// A path is a text, or the bytes by which the system knows the file, where these are no text. A stream is a file from where
/// it stands to its end.
/// </remarks>
[SuppressMessage(
    "ApiDesign",
    "RS0026:Do not add multiple public overloads with optional parameters",
    Justification = "The overloads differ in the type of a parameter before it.")]
public static class ModelFile
{
    // Floats at a time: a span of bytes over all parameters could exceed what a span can hold.
    private const int Chunk = 1 << 18;

    /// <summary>
    /// Writes the network to a file. An existing one is replaced as a whole, and only once everything is on the disk:
    /// whatever happens, the path names a complete file, the old or the new, and an error is thrown unless it is the new one.
    /// </summary>
    /// <remarks>
    /// The file that the system would open is replaced: behind a symbolic link, that is what it points to. It keeps its mode,
    /// its owner and its extended attributes, as far as the process may set them. What is no file is never replaced.
    /// </remarks>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network; nothing may train it meanwhile.</param>
    /// <param name="path">The file.</param>
    /// <param name="facts">Texts to keep in the file, such as how the network was trained.</param>
    /// <param name="scaling">How the network's inputs are scaled, where they are.</param>
    /// <param name="classes">The names of all classes.</param>
    /// <exception cref="NotFiniteNumberException">A parameter is not finite, and no file is written.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write it.</exception>
    public static void Save<TNetwork>(
        TNetwork network, string path, IReadOnlyDictionary<string, string>? facts = null, ModelScaling? scaling = null, IReadOnlyList<string>? classes = null)
        where TNetwork : class, INetwork<TNetwork> =>
        Save(network, FileName.Of(path), Description(facts, scaling, classes));

    /// <inheritdoc cref="Save{TNetwork}(TNetwork, string, IReadOnlyDictionary{string, string}?, ModelScaling?, IReadOnlyList{string}?)"/>
    public static void Save<TNetwork>(
        TNetwork network, ReadOnlySpan<byte> path, IReadOnlyDictionary<string, string>? facts = null, ModelScaling? scaling = null, IReadOnlyList<string>? classes = null)
        where TNetwork : class, INetwork<TNetwork> =>
        Save(network, FileName.Of(path), Description(facts, scaling, classes));

    /// <summary>Writes what <see cref="Save{TNetwork}(TNetwork, string, IReadOnlyDictionary{string, string}?, ModelScaling?, IReadOnlyList{string}?)"/> would, and leaves it to the caller to bring it to a disk.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network; nothing may train it meanwhile.</param>
    /// <param name="stream">Receives the file.</param>
    /// <param name="facts">Texts to keep in the file, such as how the network was trained.</param>
    /// <param name="scaling">How the network's inputs are scaled, where they are.</param>
    /// <param name="classes">The names of all classes.</param>
    /// <exception cref="NotFiniteNumberException">A parameter is not finite, and nothing is written.</exception>
    public static void Save<TNetwork>(
        TNetwork network, Stream stream, IReadOnlyDictionary<string, string>? facts = null, ModelScaling? scaling = null, IReadOnlyList<string>? classes = null)
        where TNetwork : class, INetwork<TNetwork>
    {
        Save(network, stream, Description(facts, scaling, classes));
    }

    /// <summary>Writes the network to a file, with all that a file may tell of it.</summary>
    /// <remarks>How, the other overloads say.</remarks>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network; nothing may train it meanwhile.</param>
    /// <param name="path">The file.</param>
    /// <param name="description">What the file tells besides.</param>
    /// <exception cref="NotFiniteNumberException">A parameter is not finite, and no file is written.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write it.</exception>
    public static void Save<TNetwork>(TNetwork network, string path, ModelDescription description)
        where TNetwork : class, INetwork<TNetwork> => Save(network, FileName.Of(path), description);

    /// <inheritdoc cref="Save{TNetwork}(TNetwork, string, ModelDescription)"/>
    public static void Save<TNetwork>(TNetwork network, ReadOnlySpan<byte> path, ModelDescription description)
        where TNetwork : class, INetwork<TNetwork> => Save(network, FileName.Of(path), description);

    /// <summary>Writes what a file would hold, and leaves it to the caller to bring it to a disk.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network; nothing may train it meanwhile.</param>
    /// <param name="stream">Receives the file.</param>
    /// <param name="description">What the file tells besides.</param>
    /// <exception cref="NotFiniteNumberException">A parameter is not finite, and nothing is written.</exception>
    public static void Save<TNetwork>(TNetwork network, Stream stream, ModelDescription description)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] header = Header(network, description);
        stream.Write(header);
        WriteFloats(stream, network.Parameters);
    }

    /// <summary>
    /// Throws what <see cref="Save{TNetwork}(TNetwork, string, IReadOnlyDictionary{string, string}?, ModelScaling?, IReadOnlyList{string}?)"/>
    /// would because of its path, so that it is known before a long training. Nothing is changed; what the disk has room for, and
    /// what others do meanwhile, remains to be seen.
    /// </summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write it.</exception>
    public static void RequireWritable(string path) => WholeFile.RequireReplaceable(FileName.Of(path));

    /// <inheritdoc cref="RequireWritable(string)"/>
    public static void RequireWritable(ReadOnlySpan<byte> path) => WholeFile.RequireReplaceable(FileName.Of(path));

    /// <summary>A new network with the parameters of a file.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="scaling">Whether a file is refused whose network wants scaled inputs.</param>
    /// <exception cref="InvalidDataException">
    /// The file is none of this format, of other sizes, damaged, holds numbers that are not finite, or says how inputs are
    /// scaled: the message says what was wanted and what came.
    /// </exception>
    public static TNetwork Load<TNetwork>(string path, ScalingUse scaling = ScalingUse.Refuse)
        where TNetwork : class, INetwork<TNetwork> =>
        Load<TNetwork>(FileName.Of(path), scaling, out _);

    /// <inheritdoc cref="Load{TNetwork}(string, ScalingUse)"/>
    public static TNetwork Load<TNetwork>(ReadOnlySpan<byte> path, ScalingUse scaling = ScalingUse.Refuse)
        where TNetwork : class, INetwork<TNetwork> =>
        Load<TNetwork>(FileName.Of(path), scaling, out _);

    /// <inheritdoc cref="Load{TNetwork}(string, ScalingUse)"/>
    /// <param name="stream">A file to its end.</param>
    /// <param name="scaling">Whether a file is refused whose network wants scaled inputs.</param>
    public static TNetwork Load<TNetwork>(Stream stream, ScalingUse scaling = ScalingUse.Refuse)
        where TNetwork : class, INetwork<TNetwork> =>
        Create<TNetwork>(Read(stream, reader => ReadParameters(reader, TNetwork.LayerSizes, ModelFunctions.Of<TNetwork>(), scaling, out _)));

    /// <summary>A new network with the parameters of a file, and what the file says of itself, for the caller to heed.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="info">How inputs are to be scaled, and the rest.</param>
    /// <exception cref="InvalidDataException">
    /// The file is none of this format, of other sizes, damaged, or holds numbers that are not finite: the message says
    /// what was wanted and what came.
    /// </exception>
    public static TNetwork Load<TNetwork>(string path, out ModelFileInfo info)
        where TNetwork : class, INetwork<TNetwork> =>
        Load<TNetwork>(FileName.Of(path), ScalingUse.Ignore, out info);

    /// <inheritdoc cref="Load{TNetwork}(string, out ModelFileInfo)"/>
    public static TNetwork Load<TNetwork>(ReadOnlySpan<byte> path, out ModelFileInfo info)
        where TNetwork : class, INetwork<TNetwork> =>
        Load<TNetwork>(FileName.Of(path), ScalingUse.Ignore, out info);

    /// <summary>Replaces the parameters of a network by those of a file; on an error the network is unchanged.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network; nothing may use it meanwhile.</param>
    /// <param name="path">The file.</param>
    /// <param name="scaling">Whether a file is refused whose network wants scaled inputs.</param>
    /// <exception cref="InvalidDataException">
    /// The file is none of this format, of other sizes, damaged, holds numbers that are not finite, or says how inputs are
    /// scaled: the message says what was wanted and what came.
    /// </exception>
    public static void LoadInto<TNetwork>(TNetwork network, string path, ScalingUse scaling = ScalingUse.Refuse)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(network);
        network.SetParameters(Read(FileName.Of(path), reader => ReadParameters(reader, TNetwork.LayerSizes, ModelFunctions.Of<TNetwork>(), scaling, out _)));
    }

    /// <inheritdoc cref="LoadInto{TNetwork}(TNetwork, string, ScalingUse)"/>
    public static void LoadInto<TNetwork>(TNetwork network, ReadOnlySpan<byte> path, ScalingUse scaling = ScalingUse.Refuse)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(network);
        network.SetParameters(Read(FileName.Of(path), reader => ReadParameters(reader, TNetwork.LayerSizes, ModelFunctions.Of<TNetwork>(), scaling, out _)));
    }

    /// <inheritdoc cref="LoadInto{TNetwork}(TNetwork, string, ScalingUse)"/>
    /// <param name="network">The network; nothing may use it meanwhile.</param>
    /// <param name="stream">A file to its end.</param>
    /// <param name="scaling">Whether a file is refused whose network wants scaled inputs.</param>
    public static void LoadInto<TNetwork>(TNetwork network, Stream stream, ScalingUse scaling = ScalingUse.Refuse)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(network);
        network.SetParameters(Read(stream, reader => ReadParameters(reader, TNetwork.LayerSizes, ModelFunctions.Of<TNetwork>(), scaling, out _)));
    }

    /// <summary>The sizes and the metadata of a file, of whatever network. The numbers themselves are not read.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">
    /// The file is none of this format, or damaged: the message says what was wanted and what came.
    /// </exception>
    public static ModelFileInfo ReadInfo(string path) =>
        Read(FileName.Of(path), reader => new ModelFileInfo(reader.ReadHeader([], null)));

    /// <inheritdoc cref="ReadInfo(string)"/>
    public static ModelFileInfo ReadInfo(ReadOnlySpan<byte> path) =>
        Read(FileName.Of(path), reader => new ModelFileInfo(reader.ReadHeader([], null)));

    /// <inheritdoc cref="ReadInfo(string)"/>
    /// <param name="stream">A file; it is read to the end of the header.</param>
    public static ModelFileInfo ReadInfo(Stream stream) =>
        Read(stream, reader => new ModelFileInfo(reader.ReadHeader([], null)));

    private static ModelDescription Description(
        IReadOnlyDictionary<string, string>? facts, ModelScaling? scaling, IReadOnlyList<string>? classes) =>
        new() { Facts = facts, Scaling = scaling, Classes = classes };

    private static void Save<TNetwork>(TNetwork network, FileName name, ModelDescription description)
        where TNetwork : class, INetwork<TNetwork>
    {
        byte[] header = Header(network, description);
        void Write(Stream stream)
        {
            stream.Write(header);
            WriteFloats(stream, network.Parameters);
        }

        WholeFile.Replace(name, Write);
    }

    private static byte[] Header<TNetwork>(TNetwork network, ModelDescription description)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(description);
        ReadOnlySpan<float> parameters = network.Parameters;
        int culprit = IndexOfNotFinite(parameters);
        if (culprit >= 0)
        {
            throw new NotFiniteNumberException($"Parameter {culprit} is {parameters[culprit]}; a model file holds finite numbers.");
        }

        return ModelFileHeader.Write(TNetwork.LayerSizes, ModelFunctions.Of<TNetwork>(), Checksum(parameters), description);
    }

    private static TNetwork Load<TNetwork>(FileName name, ScalingUse scaling, out ModelFileInfo info)
        where TNetwork : class, INetwork<TNetwork>
    {
        ModelFileInfo? found = null;
        float[] parameters = Read(name, reader => ReadParameters(reader, TNetwork.LayerSizes, ModelFunctions.Of<TNetwork>(), scaling, out found));
        info = found!;
        return Create<TNetwork>(parameters);
    }

    private static TNetwork Create<TNetwork>(float[] parameters)
        where TNetwork : class, INetwork<TNetwork>
    {
        TNetwork network = TNetwork.Create(0);
        network.SetParameters(parameters);
        return network;
    }

    private static float[] ReadParameters(
        Reader reader, ReadOnlySpan<int> sizes, ModelFunctions functions, ScalingUse scaling, out ModelFileInfo info)
    {
        ModelFileHeader header = reader.ReadHeader(sizes, functions);
        if (header.Scaling is not null && scaling != ScalingUse.Ignore)
        {
            throw new InvalidDataException(
                $"Its network wants inputs {header.Scaling}, which this load does not do: scale them, and load with 'ignore' for the scaling.");
        }

        float[] parameters = new float[header.Tensors.Sum(tensor => tensor.Count)];
        int[] begins = new int[header.Tensors.Count];
        for (int i = 1; i < begins.Length; i++)
        {
            begins[i] = begins[i - 1] + (int)header.Tensors[i - 1].Count;
        }

        foreach ((int i, ModelFileTensor tensor) in header.Tensors.Index().OrderBy(pair => pair.Item.Begin))
        {
            Span<float> target = parameters.AsSpan(begins[i], (int)tensor.Count);
            ReadFloats(reader.Stream, target);
            int culprit = IndexOfNotFinite(target);
            if (culprit >= 0)
            {
                throw new InvalidDataException($"Element {culprit} of '{tensor.Name}' is {target[culprit]}; wanted finite numbers.");
            }
        }

        if (reader.Length is null && reader.Stream.ReadByte() >= 0)
        {
            throw new InvalidDataException("More follows its tensors; wanted the end of the file.");
        }

        if (header.Checksum is { } wanted && Checksum(parameters) is uint came && came != wanted)
        {
            throw new InvalidDataException(
                $"Its weights have the checksum {ModelFileHeader.ChecksumText(came)}; wanted {ModelFileHeader.ChecksumText(wanted)}: it is damaged.");
        }

        info = new ModelFileInfo(header);
        return parameters;
    }

    private static TResult Read<TResult>(FileName name, Func<Reader, TResult> read)
    {
        using FileStream stream = WholeFile.OpenToRead(name);
        return Read(name.Described, stream, read);
    }

    private static TResult Read<TResult>(Stream stream, Func<Reader, TResult> read)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read("Model file", stream, read);
    }

    private static TResult Read<TResult>(string which, Stream stream, Func<Reader, TResult> read)
    {
        try
        {
            return read(new Reader(stream));
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"{which}: It ends too early; wanted all that its header says.", e);
        }
        catch (IOException e)
        {
            throw new IOException($"{which} can't be read: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{which}: {e.Message}", e);
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

    /// <summary>Of the numbers as they lie in a file in this order.</summary>
    private static uint Checksum(ReadOnlySpan<float> numbers)
    {
        Crc32 crc = Crc32.Start();
        InLittleEndian(numbers, bytes => crc.Add(bytes));
        return crc.Value;
    }

    private static void WriteFloats(Stream stream, ReadOnlySpan<float> numbers) => InLittleEndian(numbers, stream.Write);

    private static void InLittleEndian(ReadOnlySpan<float> numbers, ReadOnlySpanAction use)
    {
        uint[] bits = new uint[Math.Min(Chunk, numbers.Length)];
        for (; numbers.Length > 0; numbers = numbers[Math.Min(Chunk, numbers.Length)..])
        {
            Span<uint> chunk = bits.AsSpan(0, Math.Min(Chunk, numbers.Length));
            MemoryMarshal.Cast<float, uint>(numbers[..chunk.Length]).CopyTo(chunk);
            ToOrFromLittleEndian(chunk);
            use(MemoryMarshal.AsBytes(chunk));
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

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);

    /// <summary>A file from where its stream stands.</summary>
    private sealed class Reader(Stream stream)
    {
        public Stream Stream => stream;

        /// <summary>Null where the end is not known before it is reached.</summary>
        public long? Length { get; } = stream.CanSeek ? stream.Length - stream.Position : null;

        public ModelFileHeader ReadHeader(ReadOnlySpan<int> sizes, ModelFunctions? functions) =>
            ModelFileHeader.Read(stream, Length, sizes, functions);
    }
}
