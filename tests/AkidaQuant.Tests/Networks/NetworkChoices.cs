namespace AkidaQuant.Tests.Networks;

/// <summary>What a random network is made of.</summary>
/// <param name="Kernels">Sizes of kernels.</param>
/// <param name="DepthwiseKernels">Sizes of depthwise kernels.</param>
/// <param name="Strides">The largest stride.</param>
/// <param name="Everything">Whether layers and arguments may be used that Akida does not have.</param>
/// <param name="Pads">Whether windows may state their pads, or put the larger half before.</param>
/// <param name="Forms">Whether there are layers that have no integers themselves but an exact form that has some.</param>
public sealed record NetworkChoices(
    int[] Kernels, int[] DepthwiseKernels, int Strides, bool Everything, bool Pads = false, bool Forms = false)
{
    public static NetworkChoices All { get; } = new([1, 2, 3, 3, 4, 5, 6, 7], [2, 3, 3, 5, 7], 3, true);

    public static NetworkChoices Akida { get; } = new([1, 3, 3, 5], [3], 2, false);

    /// <summary>These choices, layers among them that have an exact form in integers.</summary>
    public NetworkChoices WithForms => this with { Forms = true };

    /// <summary>These choices, pads stated among them.</summary>
    public NetworkChoices WithPads => this with { Pads = true };
}
