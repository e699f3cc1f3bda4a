namespace AkidaQuant.Tests.Formats;

/// <summary>A folder for the files of a test, deleted with it.</summary>
public abstract class TemporaryFolder : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    protected string PathOf(string name) => Path.Combine(Folder, name);

    protected string Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    protected string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    protected static long[] Integers(SampleSet samples)
    {
        long[] values = new long[samples.Count * samples.SampleShape.Size];
        samples.CopyTo(0, samples.Count, values);
        return values;
    }

    protected static string IdOf(Action action) => Assert.Throws<QuantException>(action).Id;
}
