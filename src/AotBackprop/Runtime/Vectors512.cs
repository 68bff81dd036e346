using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

internal readonly unsafe struct Vectors512 : IVectors<Vector512<float>>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static Vector512<float> Fill(float value) => Lanes512.Fill(value);

    [MethodImpl(Inline)]
    public static Vector512<float> Load(float* p, int part) => part == 0 ? Lanes512.Load(p) : Lanes512.LoadPart(p, part);

    [MethodImpl(Inline)]
    public static void Store(float* p, int part, Vector512<float> v)
    {
        if (part == 0)
        {
            Lanes512.Store(p, v);
        }
        else
        {
            Lanes512.StorePart(p, part, v);
        }
    }

    [MethodImpl(Inline)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Lanes512.MultiplyAdd(a, b, c);

    [MethodImpl(Inline)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector512<float> SquareRoot(Vector512<float> a) => Vector512.Sqrt(a);
}
