namespace AkidaQuant.Formats.Objects;

/// <summary>
/// Models, Akida models, samples and parameters as bytes, whole and to the bit, for objects that go to another process.
/// The bytes are read by the same version of the module; files that are to be kept are those of <see cref="ModelWriter"/>.
/// </summary>
public static class ObjectBytes
{
    /// <summary>The most bytes that an object may take.</summary>
    internal const int Limit = 1 << 29;

    /// <summary>What the bytes begin with; the last number grows with the form.</summary>
    internal static ReadOnlySpan<byte> Mark => "AkidaQuant 3\n"u8;

    /// <summary>The bytes of an object.</summary>
    /// <exception cref="QuantException">
    /// <c>ObjectTooLarge</c>; <c>ObjectNotPortable</c>: it is of another kind; or samples cannot be read from their file.
    /// </exception>
    public static byte[] Write(object value)
    {
        using MemoryStream stream = new();
        stream.Write(Mark);
        using BinaryWriter writer = new(stream);
        new ObjectWriter(writer, value).Write(value);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>The object that bytes hold.</summary>
    /// <exception cref="QuantException">
    /// <c>ObjectDamaged</c>: they are not whole, or of another version; or what is wrong with the object.
    /// </exception>
    public static object Read(byte[] content)
    {
        if (!content.AsSpan().StartsWith(Mark))
        {
            throw Damaged("it does not begin as one");
        }

        try
        {
            using MemoryStream stream = new(content, writable: false);
            stream.Position = Mark.Length;
            using BinaryReader reader = new(stream);
            object value = new ObjectReader(reader).Read(typeof(object)) ?? throw Damaged("it is empty");
            return stream.Position == stream.Length ? value : throw Damaged("it goes on behind its end");
        }
        catch (Exception e) when (e is EndOfStreamException or IOException or ArgumentException or FormatException or OverflowException)
        {
            throw Damaged("it ends too early, or has been changed", e);
        }
    }

    /// <summary>The error that says that bytes are no object of this version.</summary>
    internal static QuantException Damaged(string problem, Exception? inner = null) =>
        new(
            "ObjectDamaged",
            QuantErrorKind.InvalidData,
            $"An object that came from another process or from Export-Clixml cannot be put together: {problem}. Use the same version of AkidaQuant on both sides and send it again, or send the model's file.",
            null,
            inner);
}
