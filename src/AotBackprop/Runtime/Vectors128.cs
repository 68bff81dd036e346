using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

internal readonly unsafe struct Vectors128 : IVectors<Vector128<float>>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static Vector128<float> Fill(float value) => Lanes128.Fill(value);

    [MethodImpl(Inline)]
    public static Vector128<float> Load(float* p, int part) => part == 0 ? Lanes128.Load(p) : Lanes128.LoadPart(p, part);

    [MethodImpl(Inline)]
    public static void Store(float* p, int part, Vector128<float> v)
    {
        if (part == 0)
        {
            Lanes128.Store(p, v);
        }
        else
        {
            Lanes128.StorePart(p, part, v);
        }
    }

    [MethodImpl(Inline)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Lanes128.MultiplyAdd(a, b, c);

    [MethodImpl(Inline)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector128<float> SquareRoot(Vector128<float> a) => Vector128.Sqrt(a);
}
