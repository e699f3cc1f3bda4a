using AkidaQuant.Formats;
using AkidaQuant.Formats.Keras;

namespace AkidaQuant.Tests.Reference;

/// <summary>Models as their exported files give them back.</summary>
internal static class Exported
{
    /// <summary>A model written to an HDF5 file and read again.</summary>
    public static Model Model(Model model)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.h5");
        try
        {
            KerasWriter.WriteHdf5(model, path);
            return ModelReader.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
