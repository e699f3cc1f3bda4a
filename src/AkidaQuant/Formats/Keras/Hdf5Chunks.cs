using AkidaQuant.Formats.Files;
using PureHDF.VOL.Native;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// The chunks of one dataset while it is read, each unpacked once: the library comes back to a chunk for every row of it. What they take is
/// counted, for a dataset of a single value may have chunks of any size.
/// </summary>
/// <param name="budget">What the arrays of the file may take.</param>
/// <param name="name">The dataset, for errors.</param>
/// <param name="declared">The bytes of the dataset itself, which are counted already.</param>
internal sealed class Hdf5Chunks(ArrayBudget budget, string name, long declared) : IReadingChunkCache
{
    /// <summary>What it takes to remember a chunk, however small.</summary>
    private const int Remembering = 128;

    private readonly Dictionary<ulong, Memory<byte>> _chunks = [];
    private long _counted = declared;

    /// <inheritdoc/>
    public Memory<byte> GetChunk(ulong chunkIndex, Func<Memory<byte>> chunkReader)
    {
        if (_chunks.TryGetValue(chunkIndex, out Memory<byte> known))
        {
            return known;
        }

        Memory<byte> chunk = chunkReader();
        long more = chunk.Length + Remembering;
        budget.Take(Math.Max(0, more - _counted), name);
        _counted = Math.Max(0, _counted - more);
        _chunks.Add(chunkIndex, chunk);
        return chunk;
    }
}
