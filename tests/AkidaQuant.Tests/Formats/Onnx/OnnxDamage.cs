using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>Random damage to the bytes of a file, most of it where the file is more than weights.</summary>
internal sealed class OnnxDamage
{
    /// <summary>Stored tensors of more bytes are weights, whose damage changes values only.</summary>
    private const int Weights = 64;

    private const int LongestSpan = 64;

    private readonly byte[] _whole;
    private readonly List<(int Start, int Length)> _structure = [];
    private readonly int _structureLength;

    public OnnxDamage(byte[] whole)
    {
        _whole = whole;
        List<(int Start, int Length)> weights = [];
        foreach (
            TensorProto tensor in ModelProto.Parser.ParseFrom(whole).Graph.Initializer.Where(tensor => tensor.RawData.Length > Weights))
        {
            // Equal tensors are found in turn.
            int from = weights
                .Where(span => whole.AsSpan(span.Start, span.Length).SequenceEqual(tensor.RawData.Span))
                .Select(span => span.Start + span.Length)
                .DefaultIfEmpty()
                .Max();
            weights.Add((from + whole.AsSpan(from).IndexOf(tensor.RawData.Span), tensor.RawData.Length));
        }

        int end = 0;
        foreach ((int start, int length) in weights.Order())
        {
            _structure.Add((end, start - end));
            end = start + length;
        }

        _structure.Add((end, whole.Length - end));
        _structureLength = _structure.Sum(span => span.Length);
    }

    /// <summary>A damaged copy, and what was done.</summary>
    public (byte[] Content, string What) Make(Random random)
    {
        int at = random.Next(8) == 0 ? random.Next(_whole.Length) : Position(random.Next(_structureLength));
        int length = random.Next(1, Math.Min(LongestSpan, _whole.Length - at + 1));
        byte[] damaged = [.. _whole];
        switch (random.Next(7))
        {
            case 0 or 1:
                damaged[at] ^= (byte)(1 << random.Next(8));
                return (damaged, $"a bit of byte {at} flipped");
            case 2:
                random.NextBytes(damaged.AsSpan(at, Math.Min(length, 8)));
                return (damaged, $"random bytes from {at} on");
            case 3:
                return (damaged[..at], $"cut off at {at}");
            case 4:
                return ([.. damaged[..at], .. damaged[(at + length)..]], $"{length} bytes from {at} on removed");
            case 5:
                return ([.. damaged[..at], .. damaged.AsSpan(at, length), .. damaged[at..]], $"{length} bytes from {at} on doubled");
            default:
                damaged.AsSpan(at, Math.Min(length, 10)).Fill((byte)(random.Next(2) * 255));
                return (damaged, $"bytes from {at} on filled");
        }
    }

    private int Position(int inStructure)
    {
        foreach ((int start, int length) in _structure)
        {
            if (inStructure < length)
            {
                return start + inStructure;
            }

            inStructure -= length;
        }

        throw new ArgumentOutOfRangeException(nameof(inStructure));
    }
}
