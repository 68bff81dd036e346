using System.Globalization;
using AotBackprop.Training;

namespace AotBackprop.CommandLine.Display;

/// <summary>How far a training has come, as it tells of it.</summary>
/// <param name="judge">The name of the figure that a network is judged by.</param>
/// <param name="isQuiet">Whether nothing is to be shown.</param>
internal sealed class TrainingProgress(string judge, bool isQuiet) : IDisposable
{
    private static readonly TimeSpan s_longEpoch = TimeSpan.FromSeconds(Terminal.IsThere ? 1 : 5);

    private readonly StatusLine _line = new(isQuiet);
    private readonly long _began = Environment.TickCount64;
    private EpochReport? _last;
    private bool _isShown;

    /// <summary>What showed how far a file was read until the first batch; null where nothing did.</summary>
    public ReadProgress? Reading { get; set; }

    public void EpochEnded(EpochReport report)
    {
        _last = report;
        _isShown = _line.IsDue;
        if (_isShown)
        {
            Show(report);
        }
    }

    /// <summary>Of an epoch that takes long, where it is.</summary>
    public void BatchEnded(BatchProgress batch)
    {
        Reading?.Clear();
        if (_line.IsDue && Environment.TickCount64 - _began >= s_longEpoch.TotalMilliseconds)
        {
            double share = (double)batch.Batch / batch.Batches;
            int? epochs = _last?.Epochs;
            string figures = _last is null ? "" : $"  {Figures(_last)}";
            _line.Show(
                (batch.Epoch - 1 + share) / epochs,
                string.Create(CultureInfo.InvariantCulture, $"epoch {Number(batch.Epoch, epochs)}  {share * 100:F0} %{figures}"));
        }
    }

    /// <summary>Shows the last epoch, where it was not.</summary>
    public void Finish()
    {
        if (_last is not null && !_isShown && !isQuiet)
        {
            _isShown = true;
            Show(_last);
        }
    }

    public void Dispose() => _line.Dispose();

    private void Show(EpochReport report) =>
        _line.Show((double)report.Epoch.Epoch / report.Epochs, $"epoch {Number(report.Epoch.Epoch, report.Epochs)}  {Figures(report)}");

    private string Figures(EpochReport report)
    {
        // What a network is judged by follows the loss.
        string right = report.Epoch.Validation is [_, Figure judged, ..]
            ? string.Create(CultureInfo.InvariantCulture, $"  held-out {judge} {judged.Value:F4}")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"loss {report.Epoch.Loss:F4}{right}");
    }

    private static string Number(int epoch, int? epochs)
    {
        string text = epoch.ToString(CultureInfo.InvariantCulture);
        return epochs is { } all ? $"{text.PadLeft(all.ToString(CultureInfo.InvariantCulture).Length)}/{all.ToString(CultureInfo.InvariantCulture)}" : text;
    }
}
