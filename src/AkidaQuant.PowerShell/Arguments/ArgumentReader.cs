using AkidaQuant.Akida.Devices;
using AkidaQuant.Formats;
using AkidaQuant.Formats.AkidaFiles;

namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Reads what the parameters of a cmdlet were given: objects, or the paths of files with the readers' defaults.</summary>
internal sealed class ArgumentReader(QuantCmdlet cmdlet)
{
    private string Command => cmdlet.MyInvocation.MyCommand.Name;

    /// <summary>The model that a parameter was given.</summary>
    /// <exception cref="QuantException"><c>ModelArgumentInvalid</c>, <c>PathAmbiguous</c>, or what is wrong with the file.</exception>
    public Model ReadModel(string parameter, ModelOrPath argument)
    {
        object? value = ObjectCarrier.Restored(Given.Single(argument.Value));
        return value as Model
            ?? (FilePaths.Find(cmdlet.SessionState, value) is { } file
                ? cmdlet.Compute(channel => ModelFile.Read(file, channel))
                : throw Invalid(
                    "ModelArgumentInvalid",
                    parameter,
                    "a model, float or quantized, or the path of its file",
                    value,
                    ModelAdvice.For(cmdlet, parameter, value)));
    }

    /// <summary>The Akida model that a parameter was given.</summary>
    /// <exception cref="QuantException"><c>ModelArgumentInvalid</c>, <c>PathAmbiguous</c>, or what is wrong with the file.</exception>
    public AkidaModel ReadAkidaModel(string parameter, AkidaModelArgument argument)
    {
        object? value = ObjectCarrier.Restored(Given.Single(argument.Value));
        return value as AkidaModel
            ?? (FilePaths.Find(cmdlet.SessionState, value) is { } file
                ? cmdlet.Compute(channel => ModelFile.ReadAkida(file, channel))
                : throw Invalid(
                    "ModelArgumentInvalid",
                    parameter,
                    "an Akida model or the path of its file",
                    value,
                    ModelAdvice.ForAkida(cmdlet, value)));
    }

    /// <summary>The stream that a parameter was given; null where it was left out.</summary>
    /// <exception cref="QuantException"><c>StreamArgumentInvalid</c>.</exception>
    public AkidaStream? ReadStream(string parameter, AkidaStreamArgument? argument) => argument is null ? null
        : Given.Single(argument.Value) is var value && value is AkidaStream stream ? stream
        : throw Invalid("StreamArgumentInvalid", parameter, "a stream over an Akida model", value, value switch
        {
            AkidaModel => "New-AkidaStream makes one over it.",
            PSObject { TypeNames: ["Deserialized.AkidaQuant.AkidaStream", ..] } =>
                "A stream lives in the process that made it: make one there with New-AkidaStream.",
            null => "New-AkidaStream makes one; the variable may be empty or misspelled.",
            _ => "New-AkidaStream makes one over an Akida model.",
        });

    /// <summary>The Akida model, or that of a file, that a parameter for models was given; null where it was something else.</summary>
    /// <exception cref="QuantException"><c>PathAmbiguous</c>, or what is wrong with the file.</exception>
    public AkidaModel? FindAkidaModel(ModelOrPath argument)
    {
        object? value = ObjectCarrier.Restored(Given.Single(argument.Value));
        return value as AkidaModel
            ?? (FilePaths.Find(cmdlet.SessionState, value) is { } file && AkidaFile.Is(file)
                ? cmdlet.Compute(channel => ModelFile.ReadAkida(file, channel))
                : null);
    }

    /// <summary>The device that a parameter was given, or named; null where it was left out.</summary>
    /// <exception cref="QuantException"><c>DeviceArgumentInvalid</c>, or <c>DeviceUnknown</c>.</exception>
    public AkidaDevice? ReadDevice(string parameter, DeviceArgument? argument) =>
        argument is null ? null : Given.Single(argument.Value) switch
        {
            AkidaDevice device => device,
            string name when Given.IsShort(name) => AkidaDevices.Named(name),
            var value => throw Invalid(
                "DeviceArgumentInvalid",
                parameter,
                "a device or the name of one, such as AKD1000",
                value,
                "Get-AkidaDevice lists devices, New-AkidaDevice makes one."),
        };

    /// <summary>The samples that a parameter was given; null where it was left out.</summary>
    /// <exception cref="QuantException"><c>SampleArgumentInvalid</c>, <c>PathAmbiguous</c>, or what is wrong with the file.</exception>
    public SampleSet? ReadSamples(string parameter, SampleSetOrPath? argument)
    {
        if (argument is null)
        {
            return null;
        }

        object? value = ObjectCarrier.Restored(Given.Single(argument.Value));
        return value as SampleSet
            ?? (FilePaths.Find(cmdlet.SessionState, value) is { } file
                ? cmdlet.Compute(_ => SampleReader.Read(file))
                : throw Invalid("SampleArgumentInvalid", parameter, "samples or the path of their file", value, SampleAdvice(value)));
    }

    private QuantException Invalid(string id, string parameter, string wanted, object? value, string advice) =>
        new(
            id,
            QuantErrorKind.InvalidArgument,
            $"{Command} -{parameter} takes {wanted}, but was given {Given.Describe(value)}. {advice}",
            value);

    private string SampleAdvice(object? value) => value switch
    {
        null => "Import-SampleSet reads samples; the variable may be empty or misspelled.",
        Model or AkidaModel => "Give the samples behind the model, or as -Sample.",
        QuantizationParams when cmdlet.Has("Parameter") => "A scheme goes to -Parameter.",
        System.Collections.IDictionary when cmdlet.Has("Config") => "A configuration goes to -Config.",
        System.Collections.IList { Count: > 0 } list when Given.Unwrap(list[0]) is SampleSet =>
            $"Give one of them, or call {Command} for each.",
        System.Collections.IList list when list.Count > 0 && Given.Unwrap(list[0]) is string or FileSystemInfo =>
            "Give one path.",
        Array => "New-SampleSet -InputObject makes samples of numbers.",
        _ => "Import-SampleSet reads samples, New-SampleSet makes some.",
    };
}
