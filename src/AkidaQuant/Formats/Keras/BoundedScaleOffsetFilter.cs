using PureHDF.Filters;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// The library's filter for values that are stored by their differences, with a look in front at how many there are said to be: it makes
/// room for any number.
/// </summary>
internal sealed class BoundedScaleOffsetFilter : IH5Filter
{
    private const int CountAt = 2;
    private const int SizeAt = 4;

    private readonly ScaleOffsetFilter _library = new();

    /// <inheritdoc/>
    public ushort FilterId => _library.FilterId;

    /// <inheritdoc/>
    public string Name => _library.Name;

    /// <inheritdoc/>
    public Memory<byte> Filter(FilterInfo info)
    {
        uint[] parameters = info.Parameters;
        return parameters.Length > SizeAt && (ulong)parameters[CountAt] * parameters[SizeAt] > (ulong)info.ChunkSize
            ? throw new Hdf5DamageException(
                $"a chunk of weights unpacks to {parameters[CountAt]} values, more than the {info.ChunkSize} bytes that its shape takes")
            : _library.Filter(info);
    }

    /// <inheritdoc/>
    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        _library.GetParameters(chunkDimensions, typeSize, options);
}
