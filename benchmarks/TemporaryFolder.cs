using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;

namespace AkidaQuant.Benchmarks;

/// <summary>A folder for the files that other processes read; it goes when it is disposed of.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akidaquant-benchmarks-");

    /// <summary>The path of a file in it.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Writes a model and gives its path.</summary>
    public string Write(Model model, string name)
    {
        ModelWriter.Write(model, PathOf(name));
        return PathOf(name);
    }

    /// <summary>Writes samples of bytes and gives their path.</summary>
    public string Write(byte[] values, Shape samples, string name)
    {
        NpyWriter.Write(new NpyArray(samples, values), PathOf(name));
        return PathOf(name);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
