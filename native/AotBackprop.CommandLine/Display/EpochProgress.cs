using System.Globalization;

namespace AotBackprop.CommandLine.Display;

/// <summary>How far a training has come.</summary>
internal sealed class EpochProgress(int epochs, bool isQuiet) : IDisposable
{
    private readonly StatusLine _line = new(isQuiet);

    /// <summary>Whether an epoch is to be shown; the last is, unless none are.</summary>
    public bool IsDue(bool isLast) => _line.IsDue || (isLast && !isQuiet);

    /// <param name="done">Epochs done.</param>
    /// <param name="text">What to say of the last of them.</param>
    public void Show(int done, string text)
    {
        string number = done.ToString(CultureInfo.InvariantCulture).PadLeft(epochs.ToString(CultureInfo.InvariantCulture).Length);
        _line.Show((double)done / epochs, string.Create(CultureInfo.InvariantCulture, $"epoch {number}/{epochs}  {text}"));
    }

    public void Dispose() => _line.Dispose();
}
