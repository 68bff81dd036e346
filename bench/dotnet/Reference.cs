using System.Runtime.InteropServices;

namespace Race;

/// <summary>The library called from C, through c/reference.c.</summary>
internal sealed unsafe class Reference : Contestant
{
    private readonly delegate* unmanaged<float*, float*, int, float*, nint, void> forward;
    private readonly delegate* unmanaged<float*, float*, int*, int, float, nint, double> step;
    private readonly delegate* unmanaged<float*, float*, int*, int, int, float, double> epoch;
    private readonly float* parameters;
    private readonly int parameterCount;

    public Reference(string name, int[] sizes, int batch, int parameterCount, string functions, string library)
        : base(name, sizes, batch)
    {
        nint handle = NativeLibrary.Load(functions);
        var open = (delegate* unmanaged<byte*, byte*>)NativeLibrary.GetExport(handle, "reference_open");
        forward = (delegate* unmanaged<float*, float*, int, float*, nint, void>)NativeLibrary.GetExport(handle, "reference_forward");
        step = (delegate* unmanaged<float*, float*, int*, int, float, nint, double>)NativeLibrary.GetExport(handle, "reference_step");
        epoch = (delegate* unmanaged<float*, float*, int*, int, int, float, double>)NativeLibrary.GetExport(handle, "reference_epoch");
        byte* path = (byte*)Marshal.StringToCoTaskMemUTF8(library);
        byte* why = open(path);
        if (why is not null)
        {
            throw new DllNotFoundException(Marshal.PtrToStringUTF8((nint)why));
        }

        this.parameterCount = parameterCount;
        parameters = Samples.Allocate(parameterCount);
    }

    public override ReadOnlySpan<float> Parameters => new(parameters, parameterCount);

    public override void Load(ReadOnlySpan<float> parameters) =>
        parameters.CopyTo(new Span<float>(this.parameters, parameterCount));

    public override void Forward(Samples samples, long runs) =>
        forward(parameters, samples.X, Batch, Probabilities, (nint)runs);

    public override void Step(Samples samples, float rate, long runs) =>
        MeanLoss = step(parameters, samples.X, samples.Labels, Batch, rate, (nint)runs);

    public override void Epoch(Samples samples, float rate) =>
        MeanLoss = epoch(parameters, samples.X, samples.Labels, samples.Count, Batch, rate);
}
