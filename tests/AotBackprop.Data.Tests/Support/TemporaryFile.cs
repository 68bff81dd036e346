namespace AotBackprop.Data.Tests;

/// <summary>A file that is there for a test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(byte[] content) => File.WriteAllBytes(Name, content);

    public TemporaryFile(string content) => File.WriteAllText(Name, content);

    public string Name { get; } = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(Name);
}
