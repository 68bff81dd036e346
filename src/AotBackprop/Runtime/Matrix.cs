using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>Work on matrices that is the same for every network.</summary>
public static unsafe class Matrix
{
    /// <summary>
    /// Writes the transpose of a dense matrix. Columns of the result beyond the rows of the source are set to 0, so
    /// that whole vectors can be read.
    /// </summary>
    /// <param name="source">rows×columns, dense.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">columns×stride.</param>
    /// <param name="stride">Floats of a row of the target, at least the rows of the source.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, int rows, int columns, float* target, int stride)
    {
        for (int j = 0; j < columns; j++)
        {
            float* from = source + j;
            float* to = target + ((nint)j * stride);
            int i = 0;
            for (; i <= rows - 4; i += 4, from += 4 * (nint)columns)
            {
                Vector128.Create(from[0], from[columns], from[2 * (nint)columns], from[3 * (nint)columns]).Store(to + i);
            }

            for (; i < rows; i++, from += columns)
            {
                to[i] = *from;
            }

            for (; i < stride; i++)
            {
                to[i] = 0;
            }
        }
    }

    /// <summary>W ← W − η dW over a whole row of numbers, each rounded once where the level has fused multiply-add.</summary>
    /// <param name="parameters">W.</param>
    /// <param name="gradient">dW.</param>
    /// <param name="count">How many.</param>
    /// <param name="learningRate">η.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Descend(float* parameters, float* gradient, int count, float learningRate)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - 16; i += 16)
            {
                Lanes512.MultiplyAdd(Lanes512.Fill(-learningRate), Lanes512.Load(gradient + i), Lanes512.Load(parameters + i)).Store(parameters + i);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - 8; i += 8)
            {
                Lanes256.MultiplyAdd(Lanes256.Fill(-learningRate), Lanes256.Load(gradient + i), Lanes256.Load(parameters + i)).Store(parameters + i);
            }
        }

        for (; i <= count - 4; i += 4)
        {
            Lanes128.MultiplyAdd(Lanes128.Fill(-learningRate), Lanes128.Load(gradient + i), Lanes128.Load(parameters + i)).Store(parameters + i);
        }

        for (; i < count; i++)
        {
            Vector128<float> updated = Lanes128.MultiplyAdd(
                Lanes128.Fill(-learningRate), Vector128.CreateScalar(gradient[i]), Vector128.CreateScalar(parameters[i]));
            parameters[i] = updated.ToScalar();
        }
    }
}
