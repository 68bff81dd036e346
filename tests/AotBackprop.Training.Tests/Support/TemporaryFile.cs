namespace AotBackprop.Training.Tests.Support;

/// <summary>A file in a folder of its own, gone with all that lies beside it.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aotbackprop-").FullName;

    public string Path => System.IO.Path.Combine(_folder, "training.checkpoint");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
