using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>Exceptions that name the argument, what was wanted and what came.</summary>
/// <remarks>What every call checks is put into its caller, and only the text of an exception is made elsewhere.</remarks>
internal static class Guard
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(long came, long wanted, string name, string meaning)
    {
        if (came != wanted)
        {
            ThrowLength(came, wanted, name, meaning);
        }
    }

    /// <summary>What a call writes shares no memory with what it reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apart<T, TWritten>(ReadOnlySpan<T> read, ReadOnlySpan<TWritten> written, string name, string writtenName)
        where T : unmanaged
        where TWritten : unmanaged
    {
        nint distance = Unsafe.ByteOffset(
            ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(read)),
            ref Unsafe.As<TWritten, byte>(ref MemoryMarshal.GetReference(written)));
        if ((nuint)distance < (nuint)read.Length * (nuint)Unsafe.SizeOf<T>()
            || ((nuint)(-distance) < (nuint)written.Length * (nuint)Unsafe.SizeOf<TWritten>() && !read.IsEmpty))
        {
            ThrowShared(name, writtenName);
        }
    }

    public static void Supported(bool isSupported)
    {
        if (!isSupported)
        {
            throw new PlatformNotSupportedException(
                "This processor has vectors of none of the widths that AotBackpropVectorWidths asked for when the network was built.");
        }
    }

    public static void AtLeast(int came, int least, string name)
    {
        if (came < least)
        {
            throw new ArgumentOutOfRangeException(name, came, $"{name} is {came}; wanted {least} or more.");
        }
    }

    public static void InRange(int came, int least, int most, string name)
    {
        if (came < least || came > most)
        {
            throw new ArgumentOutOfRangeException(name, came, $"{name} is {came}; wanted a number from {least} to {most}.");
        }
    }

    public static void Magnitude(float came, string name) =>
        InRange(OptimizerSettings.IsMagnitude(came), came, name, "a finite number, 0 or more");

    public static void Memory(float came, string name) =>
        InRange(OptimizerSettings.IsMemory(came), came, name, "a number from 0 to 0.999999");

    public static void Epsilon(float came, string name) =>
        InRange(OptimizerSettings.IsEpsilon(came), came, name, "a finite number, 1e-20 or more");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WholeSamples(int came, int inputs, string name)
    {
        if (came == 0 || (uint)came % (uint)inputs != 0)
        {
            ThrowWholeSamples(came, inputs, name);
        }
    }

    public static void Exists(Initialization came, string name)
    {
        if (!FirstWeights.Exists(came))
        {
            throw new ArgumentOutOfRangeException(name, came, $"{name} is {came}; wanted one of {string.Join(", ", Enum.GetNames<Initialization>())}.");
        }
    }

    /// <summary>The optimizer's numbers, which have to make a step possible.</summary>
    public static void Possible(in OptimizerSettings settings, string name)
    {
        if (settings.WhyImpossible() is { } why)
        {
            throw new ArgumentOutOfRangeException(name, why);
        }
    }

    /// <summary>A row that is to be divided by its sum.</summary>
    public static void CanBeDivided(ReadOnlySpan<float> row, double sum, int n, string name)
    {
        // One pass where all is well: NaN is not above 0, and infinity is not below it.
        bool isWell = sum is > 0 and < double.PositiveInfinity;
        foreach (float y in row)
        {
            isWell &= y >= 0;
        }

        if (!isWell)
        {
            Magnitudes(row, n, name);
            Throw(name, $"Row {n} of {name} sums to 0; wanted a row that can be divided by its sum.");
        }
    }

    /// <summary>A product of sizes as the length of an array.</summary>
    public static int ArrayLength(long length)
    {
        if (length > Array.MaxLength)
        {
            ThrowOutOfMemory($"There is no array of {length} numbers; one holds no more than {Array.MaxLength}.");
        }

        return (int)length;
    }

    [DoesNotReturn]
    private static void ThrowShared(string name, string writtenName) =>
        throw new ArgumentException($"{writtenName} shares memory with {name}; wanted memory of its own, since the call writes to it.", writtenName);

    [DoesNotReturn]
    [SuppressMessage("Usage", "CA2201:Do not raise reserved exception types", Justification = "It is what the runtime throws, which does not say of what.")]
    public static void ThrowOutOfMemory(string message, Exception? inner = null) => throw new OutOfMemoryException(message, inner);

    /// <summary>A matrix of finite numbers.</summary>
    public static void Finite(ReadOnlySpan<float> matrix, int columns, string name)
    {
        for (int i = 0; i < matrix.Length; i++)
        {
            if (!float.IsFinite(matrix[i]))
            {
                Throw(name, $"{name}[{i / columns}, {i % columns}] is {Text(matrix[i])}; wanted finite numbers.");
            }
        }
    }

    public static void Finite(ReadOnlySpan<float> numbers, string name)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!float.IsFinite(numbers[i]))
            {
                Throw(name, $"{name}[{i}] is {Text(numbers[i])}; wanted finite numbers.");
            }
        }
    }

    public static void Labels(ReadOnlySpan<int> labels, int classes, string name)
    {
        for (int n = 0; n < labels.Length; n++)
        {
            if ((uint)labels[n] >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(
                    name, labels[n], $"{name}[{n}] is {labels[n]}; wanted a class number from 0 to {classes - 1}.");
            }
        }
    }

    /// <summary>A network that class numbers mean something to.</summary>
    public static void TakesLabels(OutputShape output, string name)
    {
        if (Outputs.ClassesOf(output.Kind, output.Count) == 0)
        {
            Throw(
                name,
                $"{name} are class numbers; wanted N×{output.Count} values of float: the output of this network is "
                + $"{Outputs.NameOf(output.Kind)}, of {output.Count}.");
        }
    }

    /// <summary>A network whose targets are divided by the sum of their row.</summary>
    public static void IsSoftmax(OutputShape output, string name)
    {
        if (output.Kind != Output.Softmax)
        {
            Throw(
                name,
                $"{name} are to be divided by the sum of their row; wanted them as they are: the output of this network is "
                + $"{Outputs.NameOf(output.Kind)}, not softmax.");
        }
    }

    /// <summary>The targets of outputs that are no softmax.</summary>
    public static void Values(ReadOnlySpan<float> Y, OutputShape output, string name)
    {
        bool isProbability = output.Kind == Output.Sigmoid;
        for (int i = 0; i < Y.Length; i++)
        {
            if (!float.IsFinite(Y[i]) || (isProbability && Y[i] is < 0 or > 1))
            {
                Throw(
                    name,
                    $"{name}[{i / output.Count}, {i % output.Count}] is {Text(Y[i])}; wanted "
                    + (isProbability ? "numbers from 0 to 1." : "finite numbers."));
            }
        }
    }

    /// <summary>Weights of samples.</summary>
    public static void Weights(ReadOnlySpan<float> weights, string name)
    {
        for (int n = 0; n < weights.Length; n++)
        {
            if (!(weights[n] >= 0) || float.IsInfinity(weights[n]))
            {
                Throw(name, $"The weight of sample {n} is {Text(weights[n])}; wanted finite weights, 0 or more.");
            }
        }

        Throw(name, $"All {weights.Length} weights of samples are 0; wanted one at least above 0.");
    }

    public static void Probabilities(ReadOnlySpan<float> Y, int classes, string name)
    {
        for (int n = 0; n < Y.Length / classes; n++)
        {
            ReadOnlySpan<float> row = Y.Slice(n * classes, classes);
            Magnitudes(row, n, name);
            if (!Scan.IsDistribution(row))
            {
                double sum = 0;
                foreach (float y in row)
                {
                    sum += y;
                }

                Throw(
                    name,
                    $"Row {n} of {name} sums to {sum.ToString("G6", CultureInfo.InvariantCulture)}; wanted 1, within 0.0001. "
                    + "With normalize each row is divided by its sum.");
            }
        }
    }

    private static void Magnitudes(ReadOnlySpan<float> row, int n, string name)
    {
        for (int j = 0; j < row.Length; j++)
        {
            if (!(row[j] >= 0) || float.IsInfinity(row[j]))
            {
                Throw(name, $"{name}[{n}, {j}] is {Text(row[j])}; wanted a finite probability, 0 or more.");
            }
        }
    }

    public static string Text(float number) => number.ToString(CultureInfo.InvariantCulture);

    private static void InRange(bool isIn, float came, string name, string wanted)
    {
        if (!isIn)
        {
            throw new ArgumentOutOfRangeException(name, came, $"{name} is {Text(came)}; wanted {wanted}.");
        }
    }

    [DoesNotReturn]
    private static void ThrowLength(long came, long wanted, string name, string meaning) =>
        Throw(name, $"{name} has {came} elements; wanted {wanted}: {meaning}.");

    [DoesNotReturn]
    private static void ThrowWholeSamples(int came, int inputs, string name) =>
        Throw(name, $"{name} has {came} floats; wanted a multiple of {inputs}, the inputs of a sample, and at least one sample.");

    [DoesNotReturn]
    private static void Throw(string name, string message) => throw new ArgumentException(message, name);
}
