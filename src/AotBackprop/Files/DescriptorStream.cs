using System.Runtime.InteropServices;

namespace AotBackprop.Files;

/// <summary>A stream over a descriptor: read and write, and nothing else of it is touched.</summary>
/// <param name="descriptor">The descriptor.</param>
/// <param name="failure">What is thrown for an error of the system, by its number.</param>
/// <param name="isOwned">Whether it is closed with the stream.</param>
internal sealed class DescriptorStream(int descriptor, Func<int, Exception> failure, bool isOwned = false) : Stream
{
    private const int MostAtOnce = 1 << 30;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    private bool _isClosed;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint read;
            while ((read = LinuxCalls.read(descriptor, start, (nuint)Math.Min(buffer.Length, MostAtOnce))) < 0)
            {
                FailUnlessTransient();
            }

            return (int)read;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            for (int done = 0; done < buffer.Length;)
            {
                nint written = LinuxCalls.write(descriptor, start + done, (nuint)Math.Min(buffer.Length - done, MostAtOnce));
                if (written < 0)
                {
                    FailUnlessTransient();
                }
                else
                {
                    done += (int)written;
                }
            }
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (isOwned && !_isClosed)
        {
            _ = LinuxCalls.close(descriptor);
        }

        _isClosed = true;
        base.Dispose(disposing);
    }

    private void FailUnlessTransient()
    {
        switch (Marshal.GetLastPInvokeError())
        {
            case LinuxCalls.Interrupted:
                break;
            case LinuxCalls.TryAgain:
                Thread.Sleep(s_pause);
                break;
            case int error:
                throw failure(error);
        }
    }
}
