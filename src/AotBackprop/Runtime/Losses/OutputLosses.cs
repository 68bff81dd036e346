using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>The loss of each sample of a batch: the sum over its outputs, in their order.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class OutputLosses
{
    /// <summary>Outputs that are taken at a time.</summary>
    internal const int Together = 64;

    // 2⁵⁰⁰: far from what a double can hold, whatever is multiplied to it next.
    private const double LargeProduct = 3.2733906078961419e150;

    /// <summary>The losses of a part's samples, whose Z lies in rows.</summary>
    /// <param name="loss">The loss of an output.</param>
    /// <param name="targets">The targets of the whole batch: values.</param>
    /// <param name="part">The part.</param>
    /// <param name="outputs">C.</param>
    /// <param name="Z">Z of the whole batch.</param>
    /// <param name="stride">Floats from one row of Z to the next.</param>
    /// <param name="losses">Receives the loss of each sample.</param>
    public static void OfRows<TLoss>(
        TLoss loss, in BatchTargets targets, in Part part, int outputs, float* Z, int stride, double* losses)
        where TLoss : struct, IOutputLoss =>
        Add(
            loss,
            targets.Values + (part.First * outputs),
            part.Count,
            outputs,
            new Place(Z + (part.First * stride), stride, 1),
            losses + part.First);

    /// <summary>The losses of samples of which Z lies in blocks, one in each lane.</summary>
    /// <param name="loss">The loss of an output.</param>
    /// <param name="targets">The targets, from the first of these samples on: values.</param>
    /// <param name="N">Samples.</param>
    /// <param name="outputs">C.</param>
    /// <param name="Z">Blocks of Z.</param>
    /// <param name="losses">Receives the loss of each sample.</param>
    public static void OfBlocks<TLoss>(TLoss loss, in BatchTargets targets, nint N, int outputs, float* Z, double* losses)
        where TLoss : struct, IOutputLoss
    {
        const int Samples = SampleLanes.Samples;
        if (outputs == 1)
        {
            // The blocks are then one row of all samples.
            Add(loss, targets.Values, N, 1, new Place(Z, 1, 1), losses);
            return;
        }

        for (nint n = 0; n < N; n += Samples)
        {
            float* block = Z + (n * outputs);
            Add(loss, targets.Values + (n * outputs), Math.Min(Samples, N - n), outputs, new Place(block, 1, Samples), losses + n);
        }
    }

    /// <summary>The loss of one sample.</summary>
    /// <param name="loss">The loss of an output.</param>
    /// <param name="z">Its Z.</param>
    /// <param name="y">Its Y.</param>
    /// <param name="outputs">C.</param>
    internal static double OfOne<TLoss>(TLoss loss, float* z, float* y, int outputs)
        where TLoss : struct, IOutputLoss
    {
        double found;
        Add(loss, y, 1, outputs, new Place(z, outputs, 1), &found);
        return found;
    }

    /// <summary>Numbers in double precision.</summary>
    /// <param name="p">4 floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Wide(float* p) => Wide(Vector128.Load(p));

    /// <summary>Numbers in double precision.</summary>
    /// <param name="v">The numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Wide(Vector128<float> v) =>
        Vector256.Create(Vector128.WidenLower(v), Vector128.WidenUpper(v));

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TLoss>(TLoss loss, float* Y, nint N, int outputs, Place Z, double* losses)
        where TLoss : struct, IOutputLoss
    {
        double* terms = stackalloc double[Together];
        double* factors = stackalloc double[TLoss.HasFactors ? Together + 4 : 1];
        double* products = stackalloc double[TLoss.HasFactors ? Together : 1];
        if (outputs == 1 && Z.Stride == 1)
        {
            // In the place where they lie, but for the last few.
            nint whole = N / 8 * 8;
            for (nint n = 0; n < whole; n += Together)
            {
                int count = (int)Math.Min(Together, whole - n);
                loss.Evaluate(Z.First + n, Y + n, count, losses + n, factors);
                if (TLoss.HasFactors)
                {
                    Logarithm.AddOfOnePlus(factors, count, losses + n);
                }
            }

            Z = new Place(Z.First + whole, 1, 1);
            Y += whole;
            N -= whole;
            losses += whole;
        }

        // Several samples, or pieces of one.
        nint most = Math.Max(1, Quotient.Of(Together, outputs));
        float* z = stackalloc float[Together];
        float* y = stackalloc float[Together];
        double sum = 0;
        Vector256<double> product = default;
        int held = 0;
        for (nint n = 0; n < N; n += most)
        {
            int samples = (int)Math.Min(most, N - n);
            for (int j = 0; j < outputs; j += Together)
            {
                int width = Math.Min(Together, outputs - j), count = samples * width;
                for (int s = 0; s < samples; s++)
                {
                    Copy(Z.First + ((n + s) * Z.Stride) + (j * Z.Step), Z.Step, width, z + (s * width));
                }

                // Behind the last ones nothing is read.
                float* values = Y + (n * outputs) + j;
                if (((N - n) * outputs) - j < count + 8)
                {
                    Copy(values, 1, count, y);
                    values = y;
                }

                loss.Evaluate(z, values, count, terms, factors);
                for (int s = 0; s < samples; s++)
                {
                    sum = Sum(terms + (s * width), width, j == 0 ? 0 : sum);
                    if (TLoss.HasFactors)
                    {
                        product = Product(factors + (s * width), width, j == 0 ? default : product);
                        products[held + s] = Joined(product);
                        if (products[held + s] > LargeProduct)
                        {
                            sum += Logarithm.OfOnePlus(products[held + s]);
                            product = default;
                            products[held + s] = 0;
                        }
                    }

                    losses[n + s] = sum;
                }
            }

            // Logarithms are taken of as many at a time as there is room for.
            held += samples;
            if (TLoss.HasFactors && (held + most > Together || n + samples == N))
            {
                Logarithm.AddOfOnePlus(products, held, losses + n + samples - held);
                held = 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Sum(double* terms, int count, double sum)
    {
        for (int i = 0; i < count; i++)
        {
            sum += terms[i];
        }

        return sum;
    }

    /// <summary>Products of 1 + x, less 1, so that what is small keeps its bits: lane k has the factors k, k + 4, ….</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Product(double* factors, int count, Vector256<double> product)
    {
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            product = Times(product, Vector256.Load(factors + i));
        }

        if (i < count)
        {
            // What lies behind the last factor is no part of it, and x = 0 changes nothing.
            Vector256<long> counts = Vector256.LessThan(Vector256.Create(0L, 1, 2, 3), Vector256.Create((long)count - i));
            product = Times(product, Vector256.Load(factors + i) & counts.AsDouble());
        }

        return product;
    }

    private static double Joined(Vector256<double> product)
    {
        Vector128<double> halves = (product.GetLower() * product.GetUpper()) + (product.GetLower() + product.GetUpper());
        double even = halves[0], odd = halves[1];
        return (even * odd) + (even + odd);
    }

    /// <summary>(1 + a)(1 + b) − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Times(Vector256<double> a, Vector256<double> b) => (a * b) + (a + b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, nint step, int count, float* to)
    {
        int i = 0;
        if (step == 1)
        {
            for (; i + 4 <= count; i += 4)
            {
                Vector128.Load(from + i).Store(to + i);
            }
        }

        for (; i < count; i++)
        {
            to[i] = from[i * step];
        }
    }

    /// <summary>Where Z of samples lies.</summary>
    /// <param name="FirstAddress">The first output of the first sample.</param>
    /// <param name="Stride">Floats from a sample to the next.</param>
    /// <param name="Step">Floats from an output to the next.</param>
    private readonly record struct Place(nint FirstAddress, nint Stride, nint Step)
    {
        public Place(float* first, nint stride, nint step)
            : this((nint)first, stride, step)
        {
        }

        public float* First => (float*)FirstAddress;
    }
}
