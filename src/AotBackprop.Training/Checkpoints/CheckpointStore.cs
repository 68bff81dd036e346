using AotBackprop.Files;
using AotBackprop.Runtime;

namespace AotBackprop.Training.Checkpoints;

/// <summary>The checkpoint of a training: a file of the safetensors format that is replaced as a whole.</summary>
internal sealed class CheckpointStore
{
    private readonly FileName _name;
    private readonly CheckpointShape _shape;
    private byte[] _optimizer = [];

    private CheckpointStore(FileName name, CheckpointShape shape)
    {
        _name = name;
        _shape = shape;
    }

    /// <summary>The file of a network's training, which can be written as far as can be known.</summary>
    public static CheckpointStore Of<TNetwork>(Checkpoint options, Optimizer optimizer)
        where TNetwork : class, INetwork<TNetwork>
    {
        LittleEndian.Require();
        ModelFunctions functions = ModelFunctions.Of<TNetwork>();
        CheckpointShape shape = new(string.Join('-', TNetwork.LayerSizes.ToArray()), functions.Activation, functions.Output, TNetwork.ParameterCount);
        if (OptimizerStep.StateSize(optimizer.Settings, shape.ParameterCount) > (nuint)Array.MaxLength)
        {
            throw new NotSupportedException(
                $"A checkpoint holds an optimizer's state of {Array.MaxLength:N0} bytes at most; wanted a smaller network, or an optimizer that keeps less.");
        }

        FileName name = FileName.Of(options.Path, "Checkpoint");
        WholeFile.RequireReplaceable(name);
        return new CheckpointStore(name, shape);
    }

    /// <summary>What the file holds; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is no checkpoint of such a network, or damaged.</exception>
    public CheckpointContent? Read()
    {
        try
        {
            using FileStream stream = WholeFile.OpenToRead(_name);
            return CheckpointReader.Read(stream, _shape);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (EndOfStreamException e)
        {
            throw Refusal(new InvalidDataException("It ends too early; wanted all that its header says.", e));
        }
        catch (InvalidDataException e)
        {
            throw Refusal(e);
        }
    }

    public void Write(TrainingState state, TimeSpan elapsed, INetwork network, Optimizer optimizer, ReadOnlyMemory<float> best)
    {
        if (_optimizer.Length != optimizer.StateSize)
        {
            _optimizer = new byte[optimizer.StateSize];
        }

        optimizer.GetState(_optimizer);
        Crc32 crc = Crc32.Start();
        LittleEndian.Each<float>(network.Parameters, bytes => crc.Add(bytes));
        crc.Add(_optimizer);
        LittleEndian.Each(best.Span, bytes => crc.Add(bytes));
        byte[] header = CheckpointHeader.Write(_shape, StateText.Of(state, elapsed), crc.Value, _optimizer.Length, hasBest: !best.IsEmpty);
        WholeFile.Replace(_name, stream =>
        {
            stream.Write(header);
            LittleEndian.Each<float>(network.Parameters, stream.Write);
            stream.Write(_optimizer);
            LittleEndian.Each(best.Span, stream.Write);
        });
    }

    /// <summary>Why the file is refused, with its name.</summary>
    public InvalidDataException Refusal(Exception reason)
    {
        string already = $"{_name.Described}: ";
        return reason is InvalidDataException known && known.Message.StartsWith(already, StringComparison.Ordinal)
            ? known
            : new(already + reason.Message, reason);
    }
}

/// <summary>Of which networks a checkpoint is.</summary>
/// <param name="Sizes">As in <c>64-32-10</c>.</param>
/// <param name="Activation">The name of the hidden layers' activation.</param>
/// <param name="Output">The name of the output.</param>
/// <param name="ParameterCount">Weights and biases in all.</param>
internal sealed record CheckpointShape(string Sizes, string Activation, string Output, int ParameterCount);
