using AotBackprop.Data;

namespace AotBackprop.CommandLine.Data;

/// <summary>A stream that may have to be waited for: before each read something is done.</summary>
/// <param name="stream">The stream.</param>
/// <param name="waits">What is done.</param>
internal sealed class WaitingStream(Stream stream, Action waits) : ReadOnlyStream
{
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        waits();
        return stream.Read(buffer);
    }
}
