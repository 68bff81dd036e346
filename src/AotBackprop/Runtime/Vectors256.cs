using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

internal readonly unsafe struct Vectors256 : IVectors<Vector256<float>>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static Vector256<float> Fill(float value) => Lanes256.Fill(value);

    [MethodImpl(Inline)]
    public static Vector256<float> Load(float* p, int part) => part == 0 ? Lanes256.Load(p) : Lanes256.LoadPart(p, part);

    [MethodImpl(Inline)]
    public static void Store(float* p, int part, Vector256<float> v)
    {
        if (part == 0)
        {
            Lanes256.Store(p, v);
        }
        else
        {
            Lanes256.StorePart(p, part, v);
        }
    }

    [MethodImpl(Inline)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Lanes256.MultiplyAdd(a, b, c);

    [MethodImpl(Inline)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector256<float> SquareRoot(Vector256<float> a) => Vector256.Sqrt(a);
}
