using System.Diagnostics;
using System.Globalization;
using AotBackprop.Training.Tests.Support;
using Xunit;

namespace AotBackprop.Training.Tests;

/// <summary>A process that trains is killed at random moments, and another goes on.</summary>
public sealed class KillTests : IDisposable
{
    // More by AOTBACKPROP_KILLS.
    private const string StandardKills = "20";
    private const int Epochs = 300;

    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_kill_leaves_a_checkpoint_to_go_on_from()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("AOTBACKPROP_KILLS") ?? StandardKills, CultureInfo.InvariantCulture);
        string wanted = RunToEnd("");
        Random random = new(kills);
        int killed = 0;
        int trainings = 0;
        for (int epoch = 0; killed < kills;)
        {
            using Process process = Start(_file.Path);

            // Once it has gone on: a slow machine takes its time to begin.
            string first = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
            Task<string> rest = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            bool hasEnded = process.WaitForExit(random.Next(200));
            process.Kill();
            process.WaitForExit();
            string told = $"{first}\n{await rest}";
            if (hasEnded || told.Contains("done", StringComparison.Ordinal))
            {
                Assert.EndsWith(wanted, told, StringComparison.Ordinal);
                File.Delete(_file.Path);
                trainings++;
                epoch = 0;
                continue;
            }

            // What was told is in the checkpoint; the last line may be cut.
            killed++;
            int[] epochs = [.. told.Split('\n')[..^1].Where(line => line.StartsWith("epoch ", StringComparison.Ordinal))
                .Select(line => int.Parse(line.AsSpan(6), CultureInfo.InvariantCulture))];
            Assert.InRange(epochs[0], epoch + 1, Epochs);
            epoch = epochs[^1];
        }

        Assert.EndsWith(wanted, RunToEnd(_file.Path), StringComparison.Ordinal);
        Assert.True(File.Exists(_file.Path));
        TestContext.Current.SendDiagnosticMessage($"{killed} kills, {trainings + 1} trainings that ended");

        // What kills have left behind is removed by the next save.
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(_file.Path)!));
    }

    private static string RunToEnd(string path)
    {
        using Process process = Start(path);
        string told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return told[told.IndexOf("done", StringComparison.Ordinal)..];
    }

    private static Process Start(string path) => Process.Start(new ProcessStartInfo
    {
        FileName = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
        ArgumentList = { Trial, path, Epochs.ToString(CultureInfo.InvariantCulture) },
        RedirectStandardOutput = true,
        Environment = { ["DOTNET_TieredPGO"] = "0" },
    })!;

    // Beside this assembly's own folder: tests/NAME/bin/CONFIGURATION/FRAMEWORK.
    private static string Trial
    {
        get
        {
            DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd('/'));
            const string Name = "AotBackprop.TrainingTrial";
            string tests = framework.Parent!.Parent!.Parent!.Parent!.FullName;
            return Path.Combine(tests, Name, "bin", framework.Parent.Name, framework.Name, $"{Name}.dll");
        }
    }
}
