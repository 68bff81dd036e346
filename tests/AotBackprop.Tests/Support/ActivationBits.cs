using System.Runtime.Intrinsics;
using AotBackprop.Runtime;

namespace AotBackprop.Tests.Support;

/// <summary>A = f(Z) and dZ = dA ⊙ f′(Z) as kernels compute them, to the bit, one number at a time.</summary>
internal static class ActivationBits
{
    public static float Of(Activation activation, float z)
    {
        Vector128<float> v = Vector128.Create(z);
        return (activation switch
        {
            Activation.Relu => Lanes128.Relu(v),
            Activation.LeakyRelu => Lanes128.Relu(v) - (Lanes128.Relu(Vector128<float>.Zero - v) * 0.01f),
            Activation.Elu => Lanes128.Elu(v),
            Activation.Tanh => Lanes128.Tanh(v),
            Activation.Sigmoid => Lanes128.Sigmoid(v),
            Activation.Softplus => Lanes128.Softplus(v),
            Activation.Silu => Lanes128.Silu(v),
            Activation.Gelu => Lanes128.Gelu(v),
            Activation.GeluTanh => Lanes128.GeluTanh(v),
            Activation.Identity => v,
            _ => throw new ArgumentOutOfRangeException(nameof(activation)),
        }).ToScalar();
    }

    public static float Derive(Activation activation, float dA, float z)
    {
        float A = Of(activation, z);
        Vector128<float> v = Vector128.Create(z);
        return activation switch
        {
            Activation.Relu => A > 0 ? dA : 0,
            Activation.LeakyRelu => A > 0 ? dA : 0 + (0.01f * dA),
            Activation.Elu => A > 0 ? dA : 0 + (dA * (A + 1)),
            Activation.Tanh => dA * (1 - (A * A)),
            Activation.Sigmoid => dA * (A * (1 - A)),
            Activation.Softplus => dA * Lanes128.SoftplusSlope(Vector128.Create(A)).ToScalar(),
            Activation.Silu => dA * Lanes128.SiluSlope(v).ToScalar(),
            Activation.Gelu => dA * Lanes128.GeluSlope(v).ToScalar(),
            Activation.GeluTanh => dA * Lanes128.GeluTanhSlope(v).ToScalar(),
            Activation.Identity => dA,
            _ => throw new ArgumentOutOfRangeException(nameof(activation)),
        };
    }
}
