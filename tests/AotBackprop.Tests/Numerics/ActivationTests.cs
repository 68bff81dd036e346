using System.Reflection;
using System.Runtime.Intrinsics;
using AotBackprop.Oracle;
using AotBackprop.Runtime;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests.Numerics;

/// <summary>Each activation and its derivative for floats of every size, beside the oracle's in double.</summary>
public sealed class ActivationTests(ITestOutputHelper output)
{
    private const double MostUnits = 4;
    private const double MostOfGelu = 1.0 / (1 << 22);
    private const double MostOfDerivative = 1.0 / (1 << 21);

    // Of all floats every so many: bench/activations/floats.sh tries each.
    private static readonly uint s_step = Environment.GetEnvironmentVariable("AOTBACKPROP_FLOATS") == "all" ? 1u : 4096u;

    // Of the floats by their bits, for threads to share.
    private const int Parts = 1024;

    public static TheoryData<Activation> All => [.. Enum.GetValues<Activation>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_float_is_as_near_as_promised(Activation activation)
    {
        (double Units, double Gelu, double Derivative) worst = default;
        Lock merging = new();
        Parallel.For(0, Parts, part =>
        {
            (double Units, double Gelu, double Derivative) own = WorstOf(activation, part);
            lock (merging)
            {
                worst = (Worse(worst.Units, own.Units), Worse(worst.Gelu, own.Gelu), Worse(worst.Derivative, own.Derivative));
            }
        });
        output.WriteLine($"{activation}: {worst.Units:G3} units, {worst.Gelu:G3} of GELU below -1; the derivative {worst.Derivative:G3}");
        Assert.InRange(worst.Units, 0, MostUnits);
        Assert.InRange(worst.Gelu, 0, MostOfGelu);
        Assert.InRange(worst.Derivative, 0, MostOfDerivative);
    }

    private static (double Units, double Gelu, double Derivative) WorstOf(Activation activation, int part)
    {
        HiddenFunction exact = Exact(activation);
        bool isGelu = activation is Activation.Gelu or Activation.GeluTanh;
        double units = 0, gelu = 0, derivative = 0;
        foreach (float z in Floats(part))
        {
            double f = exact.Of(z, z > 0);
            float a = ActivationBits.Of(activation, z);
            if (isGelu && z < -1)
            {
                gelu = Worse(gelu, Math.Abs(a - f));
            }
            else
            {
                units = Worse(units, Bits.UlpsApart(a, f));
            }

            derivative = Worse(derivative, Math.Abs(ActivationBits.Derive(activation, 1, z) - exact.Derivative(z, z > 0)));
        }

        return (units, gelu, derivative);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Limits_are_exact_and_NaN_goes_through(Activation activation)
    {
        HiddenFunction exact = Exact(activation);
        foreach (float far in new[] { float.MinValue, -1e10f, -200, 200, 1e10f, float.MaxValue })
        {
            Assert.Equal((float)exact.Of(far, far > 0), ActivationBits.Of(activation, far));
            Assert.Equal((float)exact.Derivative(far, far > 0), ActivationBits.Derive(activation, 1, far));
        }

        foreach (float infinity in new[] { float.NegativeInfinity, float.PositiveInfinity })
        {
            float largest = infinity > 0 ? float.MaxValue : float.MinValue;
            float slope = (float)exact.Derivative(largest, infinity > 0);
            Assert.Equal(slope == 0 ? (float)exact.Of(largest, infinity > 0) : slope * infinity, ActivationBits.Of(activation, infinity));
            Assert.Equal(slope, ActivationBits.Derive(activation, 1, infinity));
        }

        Assert.Equal(float.NaN, ActivationBits.Of(activation, float.NaN));
    }

    /// <summary>As PyTorch has it: the ReLU's are 0 and 0.01 there.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void The_derivative_at_0_is_that_from_below(Activation activation)
    {
        double expected = Exact(activation).Derivative(0, false);
        Assert.Equal(expected, ActivationBits.Derive(activation, 1, 0), 1e-7);
        Assert.Equal(expected, ActivationBits.Derive(activation, 1, -0f), 1e-7);
    }

    [Fact]
    public unsafe void Each_width_has_the_same_bits()
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "This process has no vectors but of 128 bits.");
        Rows[] narrow = [.. Words(typeof(Lanes128))], wide = [.. Words(typeof(Lanes256))];
        Assert.Equal(narrow.Length, wide.Length);
        Assert.NotEmpty(narrow);
        float* z = stackalloc float[16], w = stackalloc float[16];
        foreach (float[] some in Enumerable.Range(0, Parts).SelectMany(Floats).Chunk(8).Where(some => some.Length == 8))
        {
            for (int i = 0; i < narrow.Length; i++)
            {
                some.CopyTo(new Span<float>(z, 8));
                some.CopyTo(new Span<float>(w, 8));
                narrow[i](z, z + 8, 2);
                wide[i](w, w + 8, 1);
                Bits.Same(new ReadOnlySpan<float>(z, 16), new ReadOnlySpan<float>(w, 16), $"of word {i} from {some[0]:R} on");
            }
        }
    }

    private unsafe delegate void Rows(float* z, float* slope, int vectors);

    private unsafe delegate void InPlace(float* z, int rows, nint stride, int vectors);

    private unsafe delegate void WithSlope(float* z, float* slope, int rows, nint stride, int vectors);

    // Activations are those words that are called where no sum is in a register.
    private static unsafe IEnumerable<Rows> Words(Type width) => width
        .GetMethods(BindingFlags.Static | BindingFlags.Public)
        .Where(word => word.MethodImplementationFlags.HasFlag(MethodImplAttributes.NoInlining))
        .OrderBy(word => word.Name, StringComparer.Ordinal)
        .Select(word => word.GetParameters().Length == 4 ? Of(word.CreateDelegate<InPlace>()) : Of(word.CreateDelegate<WithSlope>()));

    private static unsafe Rows Of(InPlace word) => (z, slope, vectors) =>
    {
        word(z, 1, 8, vectors);
        new Span<float>(slope, 8).Clear();
    };

    private static unsafe Rows Of(WithSlope word) => (z, slope, vectors) => word(z, slope, 1, 8, vectors);

    private static HiddenFunction Exact(Activation activation) => HiddenFunction.ByName[Activations.NameOf(activation)];

    private static double Worse(double worst, double next) => next > worst || double.IsNaN(next) ? next : worst;

    // Of a part those between −1e30 and 1e30, where no square in double leaves its numbers.
    private static IEnumerable<float> Floats(int part)
    {
        const long Size = (1L << 32) / Parts;
        for (long bits = part * Size; bits < (part + 1) * Size; bits += s_step)
        {
            float z = BitConverter.UInt32BitsToSingle((uint)bits);
            if (Math.Abs(z) < 1e30f)
            {
                yield return z;
            }
        }
    }
}
