using AkidaQuant.Formats;
using AkidaQuant.Formats.AkidaFiles;
using AkidaQuant.Formats.Descriptions;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.PowerShell;

/// <summary>Reads models from files of every kind: those of the core, and PowerShell's data files, which only PowerShell reads.</summary>
internal static class ModelFile
{
    /// <summary>Reads a model.</summary>
    /// <exception cref="QuantException">What is wrong with the file.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static Model Read(string file, ModelReadOptions options) =>
        DataFile.Is(file) ? ReadDescription(file, NetworkOptions.From(options)) : ModelReader.Read(file, options);

    /// <summary>Reads a model and says what there is to say of it.</summary>
    /// <exception cref="QuantException">What is wrong with the file.</exception>
    /// <exception cref="OperationCanceledException">The pipeline was stopped.</exception>
    public static Model Read(string file, WorkChannel channel, ModelReadOptions? choices = null) => Read(
        file,
        (choices ?? new ModelReadOptions()) with
        {
            Verbose = message => channel.Verbose($"{Path.GetFileName(file)}: {message}"),
            Warning = channel.Warning,
            Cancellation = channel.Cancellation,
        });

    /// <summary>Reads an Akida model and says what there is to say of it.</summary>
    /// <exception cref="QuantException">What is wrong with the file.</exception>
    /// <exception cref="OperationCanceledException">The pipeline was stopped.</exception>
    public static AkidaModel ReadAkida(string file, WorkChannel channel, ModelReadOptions? choices = null) => AkidaFile.Read(
        file,
        (choices ?? new ModelReadOptions()) with
        {
            Verbose = message => channel.Verbose($"{Path.GetFileName(file)}: {message}"),
            Cancellation = channel.Cancellation,
        });

    /// <summary>Makes the model that a file describes.</summary>
    /// <exception cref="QuantException"><c>ModelFormatUnknown</c>: it is no description; or what is wrong with it.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static Model ReadDescription(string file, NetworkOptions options) =>
        DataFile.Is(file) ? NetworkReader.Read(DataFile.Read(file), file, options) : NetworkReader.Read(file, options);
}
