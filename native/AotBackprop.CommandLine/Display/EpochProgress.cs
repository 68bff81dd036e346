using System.Globalization;

namespace AotBackprop.CommandLine.Display;

/// <summary>How far a training has come.</summary>
internal sealed class EpochProgress(int epochs, bool isQuiet) : IDisposable
{
    private readonly StatusLine _line = new(isQuiet);

    /// <param name="done">Epochs done.</param>
    /// <param name="isLast">Whether the training ends with it, which is always shown.</param>
    /// <param name="text">What to say of it, if it is said.</param>
    public void Report(int done, bool isLast, Func<string> text)
    {
        if (!isLast && !_line.IsDue)
        {
            return;
        }

        string number = done.ToString(CultureInfo.InvariantCulture).PadLeft(epochs.ToString(CultureInfo.InvariantCulture).Length);
        _line.Show((double)done / epochs, string.Create(CultureInfo.InvariantCulture, $"epoch {number}/{epochs}  {text()}"));
    }

    public void Dispose() => _line.Dispose();
}
