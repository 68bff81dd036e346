using AotBackprop.Runtime;

namespace AotBackprop.Tests.Support;

/// <summary>A = f(Z) and dZ = dA ⊙ f′(Z) as kernels compute them, to the bit, one number at a time.</summary>
internal static unsafe class ActivationBits
{
    public static float Of(Activation activation, float z) => Applied(activation, z).A;

    public static float Derive(Activation activation, float dA, float z)
    {
        (float A, float slope) = Applied(activation, z);
        return activation switch
        {
            Activation.Relu => A > 0 ? dA : 0,
            Activation.LeakyRelu => A > 0 ? dA : 0 + (0.01f * dA),
            Activation.Elu => A > 0 ? dA : 0 + (dA * (A + 1)),
            Activation.Tanh => dA * (1 - (A * A)),
            Activation.Sigmoid => dA * (A * (1 - A)),
            Activation.Identity => dA,
            _ => dA * slope,
        };
    }

    private static (float A, float Slope) Applied(Activation activation, float z)
    {
        float* a = stackalloc float[4], slope = stackalloc float[4];
        a[0] = a[1] = a[2] = a[3] = z;
        switch (activation)
        {
            case Activation.Relu: return (z > 0 || float.IsNaN(z) ? z : 0, 0);
            case Activation.LeakyRelu: return (z > 0 || float.IsNaN(z) ? z : 0 - (-z * 0.01f), 0);
            case Activation.Elu: Lanes128.Elu(a, 1, 4, 1); break;
            case Activation.Tanh: Lanes128.Tanh(a, 1, 4, 1); break;
            case Activation.Sigmoid: Lanes128.Sigmoid(a, 1, 4, 1); break;
            case Activation.Softplus: Lanes128.Softplus(a, slope, 1, 4, 1); break;
            case Activation.Silu: Lanes128.Silu(a, slope, 1, 4, 1); break;
            case Activation.Identity: break;
            case Activation.GeluTanh: Lanes128.GeluTanh(a, slope, 1, 4, 1); break;
            case Activation.Gelu: Lanes128.Gelu(a, slope, 1, 4, 1); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation));
        }

        return (a[0], slope[0]);
    }
}
