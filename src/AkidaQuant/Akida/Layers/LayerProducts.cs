using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// The products of inputs and weights in a layer: how many there are, and how many have an input that is not 0. Of a layer that keeps
/// state it counts one run, time step by time step.
/// </summary>
/// <param name="Dense">All products of a sample.</param>
/// <param name="Count">Those with an input that is not 0, for what a number of samples give to the layer.</param>
internal sealed record LayerProducts(long Dense, Func<IntegerData, int, long> Count)
{
    /// <summary>The products of a layer whose inputs all meet weights.</summary>
    public static LayerProducts Of(EventProducts products) => new(products.Dense, products.Count);

    /// <summary>The products of a queue of the last frames.</summary>
    /// <param name="frame">The shape of a frame.</param>
    /// <param name="frames">The frames in the queue, zeros at first.</param>
    /// <param name="fanOut">The products of a value in the queue.</param>
    public static LayerProducts OfFrames(Shape frame, int frames, int fanOut)
    {
        Queue<long> last = new();
        long inQueue = 0;
        return new LayerProducts((long)frame.Size * frames * fanOut, (input, batch) =>
        {
            long events = EventProducts.Events(input, batch);
            last.Enqueue(events);
            inQueue += events - (last.Count > frames ? last.Dequeue() : 0);
            return inQueue * fanOut;
        });
    }
}
