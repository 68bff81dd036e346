using System.Diagnostics;
using System.Globalization;
using AotBackprop.Probe;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>The same training at each vector width, a process of its own for each: the width is chosen as a process starts.</summary>
public sealed class VectorWidthTests
{
    private static readonly Lazy<Report> Widest = new(() => Run());
    private static readonly Lazy<Report> Vector256 = new(() => Run(("DOTNET_EnableAVX512", "0")));
    private static readonly Lazy<Report> Vector128 = new(() => Run(("DOTNET_EnableAVX512", "0"), ("DOTNET_EnableAVX2", "0")));

    [Fact]
    public void This_process_has_the_width_that_it_was_started_for()
    {
        string? expected = Environment.GetEnvironmentVariable("AOTBACKPROP_EXPECT_WIDTH");
        Assert.SkipWhen(string.IsNullOrEmpty(expected), "AOTBACKPROP_EXPECT_WIDTH (512, 256 or 128) is not set.");
        Assert.Equal(expected, VectorUnit.Width.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Vectors_of_512_and_256_bits_train_to_the_same_bits()
    {
        Assert.SkipUnless(Widest.Value.Width == 512, $"This machine's widest vectors have {Widest.Value.Width} bits: there are none of 512 to compare.");
        Assert.Equal(256, Vector256.Value.Width);
        Assert.True(Widest.Value.IsFused && Vector256.Value.IsFused);
        Assert.Equal(Widest.Value.Trained, Vector256.Value.Trained);
    }

    [Fact]
    public void Vectors_of_128_bits_train_to_nearly_the_same_losses()
    {
        Assert.SkipUnless(Widest.Value.Width >= 256, "This machine has no vectors but of 128 bits.");
        Assert.Equal(128, Vector128.Value.Width);
        AssertClose(Widest.Value, Vector128.Value);
    }

    [Fact]
    public void Every_width_trains_to_nearly_the_losses_of_this_process()
    {
        Report here = new(VectorUnit.Width, VectorUnit.IsFused, Training.All());
        AssertClose(Widest.Value, here);
        Report same = here.Width == 128 ? Vector128.Value : here.Width == 256 ? Vector256.Value : Widest.Value;
        Assert.Equal(here.Width, same.Width);
        Assert.Equal(same.Trained, here.Trained);
    }

    private static void AssertClose(Report expected, Report actual)
    {
        Assert.Equal(expected.Trained.Select(t => t.Name), actual.Trained.Select(t => t.Name));
        foreach ((Trained e, Trained a) in expected.Trained.Zip(actual.Trained))
        {
            // A hundred steps carry the last bit's difference along.
            Assert.True(Math.Abs(e.Loss - a.Loss) <= 1e-5 * e.Loss, $"{a.Name}: a loss of {a.Loss:R}, expected about {e.Loss:R}");
        }
    }

    private static Report Run(params (string Name, string Value)[] settings)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "AotBackprop.Probe.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"The probe ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");

        string[] head = lines[0].Split(' ');
        return new Report(
            int.Parse(head[0], CultureInfo.InvariantCulture),
            head[1] == "fused",
            [.. lines[1..].Select(line => line.Split('\t')).Select(t => new Trained(t[0], t[1], double.Parse(t[2], CultureInfo.InvariantCulture)))]);
    }

    private sealed record Report(int Width, bool IsFused, IReadOnlyList<Trained> Trained);
}
