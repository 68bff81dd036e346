using System.Runtime.InteropServices;
using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine;

/// <summary>
/// Ctrl-C, SIGTERM, SIGHUP and SIGXCPU as a wish that a training end, with what has been learned kept. One that the program
/// was started to ignore stays ignored.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>The limit of processor time, `ulimit -S -t`. It comes each second from then on, and asks once.</summary>
    private const int TimeIsUp = 24;

    private static readonly (PosixSignal Signal, int Number)[] All =
        [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15), ((PosixSignal)TimeIsUp, TimeIsUp)];

    /// <summary>Signals come in pairs: a terminal that closes sends one, and its shell another.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly CancellationTokenSource _stop = new();
    private int _first;
    private long _when;
    private bool _isSaving;

    public StopSignals()
    {
        try
        {
            Register();
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException or TypeInitializationException)
        {
            throw new IOException("No thread can be started that waits for signals; wanted a higher limit of processes (ulimit -u) or of memory.", e);
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The number of the first signal that came, or 0.</summary>
    public int First => Volatile.Read(ref _first);

    /// <summary>From here on no signal ends the program.</summary>
    public void BeginSave()
    {
        lock (_lock)
        {
            _isSaving = true;
        }
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void Register()
    {
        foreach ((PosixSignal signal, int number) in All)
        {
            if (OperatingSystem.IsWindows() ? number != TimeIsUp : !SystemCalls.IsIgnored(number))
            {
                _registrations.Add(PosixSignalRegistration.Create(signal, context => Receive(context, number)));
            }
        }
    }

    private void Receive(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        lock (_lock)
        {
            if (_first == 0)
            {
                _when = Environment.TickCount64;
                Volatile.Write(ref _first, number);
                _stop.Cancel();
            }
            else if (number != TimeIsUp && !_isSaving && Environment.TickCount64 - _when >= Together.TotalMilliseconds)
            {
                // In the lock, so that no save begins meanwhile.
                End(number);
            }
        }
    }

    private static void End(int number)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(ExitCode.OfSignal(number));
        }

        SystemCalls.EndBy(number);
    }
}
