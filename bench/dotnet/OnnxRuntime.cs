using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Race;

/// <summary>
/// ONNX Runtime with bound buffers, on a model that python/onnx_model.py wrote: its parameters lie in a file beside it.
/// </summary>
internal sealed unsafe class OnnxRuntime : Contestant
{
    private readonly RunOptions options = new();
    private readonly InferenceSession session;
    private readonly OrtIoBinding binding;

    public OnnxRuntime(string name, int[] sizes, int batch, string model, Samples samples, float[] parameters)
        : base(name, sizes, batch)
    {
        File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(model)!, "parameters"), MemoryMarshal.AsBytes<float>(parameters));
        using SessionOptions settings = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        session = new InferenceSession(model, settings);
        binding = session.CreateIoBinding();
        binding.BindInput("X", Tensor(samples.X, sizes[0]));
        binding.BindOutput("A", Tensor(Probabilities, sizes[^1]));
    }

    public override bool Trains => false;

    public override ReadOnlySpan<float> Parameters => throw new NotSupportedException();

    /// <summary>The session has laid the first ones out as it likes.</summary>
    public override void Load(ReadOnlySpan<float> parameters)
    {
    }

    public override void Forward(Samples samples, long runs)
    {
        for (long r = 0; r < runs; r++)
        {
            session.RunWithBinding(options, binding);
        }
    }

    public override void Step(Samples samples, float rate, long runs) => throw new NotSupportedException();

    public override void Epoch(Samples samples, float rate) => throw new NotSupportedException();

    private OrtValue Tensor(float* data, int columns) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [Batch, columns], (nint)data,
        (long)Batch * columns * sizeof(float));
}
