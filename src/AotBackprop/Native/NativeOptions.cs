using System.Runtime.InteropServices;
using AotBackprop.Runtime;

namespace AotBackprop.Native;

/// <summary>How to train, as C gives it: <c>LIBRARY_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NativeOptions
{
    // What the struct was when it ended with the optimizer's number: plain gradient descent, with all else 0.
    private const nuint FirstSize = 16;

    /// <summary>The bytes of the struct that the caller was compiled with.</summary>
    public nuint Size;

    /// <summary>η, finite and not negative.</summary>
    public float LearningRate;

    /// <summary>A number of <see cref="OptimizerKind"/>.</summary>
    public int Optimizer;

    /// <summary>μ.</summary>
    public float Momentum;

    /// <summary>β₁.</summary>
    public float Beta1;

    /// <summary>β₂.</summary>
    public float Beta2;

    /// <summary>ε.</summary>
    public float Epsilon;

    /// <summary>λ.</summary>
    public float WeightDecay;

    /// <summary>The norm to which a gradient is clipped; 0 is off.</summary>
    public float ClipNorm;

    /// <summary>What the options ask for, where this version understands them; whether it can be is seen later.</summary>
    internal static unsafe NetworkStatus Read(NativeOptions* options, out OptimizerSettings settings)
    {
        settings = default;
        if (options == null)
        {
            return NetworkStatus.NullPointer;
        }

        if (options->Size == FirstSize)
        {
            settings.Kind = (OptimizerKind)options->Optimizer;
            settings.LearningRate = options->LearningRate;
        }
        else if (SizedStruct.IsUnderstood(options, options->Size))
        {
            settings = new OptimizerSettings
            {
                Kind = (OptimizerKind)options->Optimizer,
                LearningRate = options->LearningRate,
                Momentum = options->Momentum,
                Beta1 = options->Beta1,
                Beta2 = options->Beta2,
                Epsilon = options->Epsilon,
                WeightDecay = options->WeightDecay,
                ClipNorm = options->ClipNorm,
            };
        }
        else
        {
            return NetworkStatus.InvalidOptions;
        }

        return NetworkStatus.Ok;
    }
}
