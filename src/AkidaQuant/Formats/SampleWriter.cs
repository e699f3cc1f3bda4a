using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Formats.Samples;

namespace AkidaQuant.Formats;

/// <summary>Writes samples with all that they have, so that <see cref="SampleReader"/> gives the same ones.</summary>
public static class SampleWriter
{
    private const int BytesOfBatch = 1 << 22;
    private const int MostShown = 100;

    /// <summary>How many samples are written at a time, as many as take some megabytes.</summary>
    public static int BatchSize(SampleSet samples) => (int)Math.Max(1, BytesOfBatch / SampleBytes(samples));

    /// <summary>
    /// Writes a <c>.npz</c> archive, replacing one that exists: <c>samples</c> in their own type and, where they have them, <c>labels</c>
    /// (int32), <c>names</c> and <c>classes</c> (texts). Samples are read and written by the batch.
    /// </summary>
    /// <param name="samples">The samples.</param>
    /// <param name="path">The file.</param>
    /// <param name="report">Told how many samples are written.</param>
    /// <param name="cancellation">Stops the work; what was at the path stays, then.</param>
    /// <exception cref="QuantException">
    /// <c>SampleFormatUnknown</c>: the path has another extension; <c>SampleNameInvalid</c>: no file can hold a name;
    /// <c>FileNotWritten</c>, or what is wrong with the file that the samples are read from.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static void Write(SampleSet samples, string path, Action<int>? report = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (!Path.GetExtension(path).Equals(".npz", StringComparison.OrdinalIgnoreCase))
        {
            throw new QuantException(
                "SampleFormatUnknown",
                QuantErrorKind.NotSupported,
                $"The sample file '{path}' has the extension '{Path.GetExtension(path)}'. Samples are written to archives of numpy: give it the extension .npz.",
                path);
        }

        List<KeyValuePair<string, Action<Stream>>> arrays =
        [
            new(ArraySamples.SamplesArray, stream => WriteSamples(samples, stream, report, cancellation)),
        ];
        if (samples.Labels is { } labels)
        {
            arrays.Add(new("labels", stream => NpyWriter.Write(new NpyArray(new Shape(labels.Length), labels), stream)));
        }

        AddTexts(arrays, ArraySamples.NamesArray, samples.Names, samples);
        AddTexts(arrays, ArraySamples.ClassesArray, samples.Classes, samples);
        OutputFile.Write(path, stream => NpzWriter.Write(arrays, stream));
    }

    private static void AddTexts(List<KeyValuePair<string, Action<Stream>>> arrays, string name, string[]? texts, SampleSet samples)
    {
        if (texts is null)
        {
            return;
        }

        if (Array.Find(texts, text => !NpyTexts.CanHold(text)) is { } wrong)
        {
            string kind = name == ArraySamples.NamesArray ? "sample" : "class";
            string shown = wrong.Length > MostShown ? $"{wrong[..MostShown]}…" : wrong;
            throw new QuantException(
                "SampleNameInvalid",
                QuantErrorKind.InvalidData,
                $"The {kind} '{shown}' of {samples.Source} has a name that archives of numpy cannot hold: it ends with a zero, or has more than {NpyElementType.MostLetters} letters. Give it another one.",
                samples);
        }

        arrays.Add(new(name, stream => NpyTexts.Write(texts, stream)));
    }

    private static void WriteSamples(SampleSet samples, Stream stream, Action<int>? report, CancellationToken cancellation)
    {
        var type = NpyElementType.Named(samples.DType);
        stream.Write(NpyHeader.Create(type, samples.SampleShape.Prepend(samples.Count)));
        int batch = BatchSize(samples);
        byte[] bytes = new byte[Math.Min(batch, samples.Count) * SampleBytes(samples)];
        for (int start = 0; start < samples.Count; start += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(batch, samples.Count - start);
            Span<byte> block = bytes.AsSpan(0, (int)(count * SampleBytes(samples)));
            samples.CopyBytes(start, count, block);
            if (!BitConverter.IsLittleEndian)
            {
                ByteOrder.Reverse(block, type.Size);
            }

            stream.Write(block);
            report?.Invoke(start + count);
        }
    }

    private static long SampleBytes(SampleSet samples) =>
        (long)samples.SampleShape.Size * NpyElementType.Named(samples.DType).Size;
}
