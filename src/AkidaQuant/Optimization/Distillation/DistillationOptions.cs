namespace AkidaQuant.Optimization.Distillation;

/// <summary>How a quantized network is trained towards its float network.</summary>
internal sealed record DistillationOptions
{
    /// <summary>How often training goes through the samples.</summary>
    public int Passes { get; init; } = 40;

    /// <summary>The samples of a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// The length of the first steps, which falls to 0 along a cosine: for an integer of a kernel, a part of the distance between two
    /// of them; for the logarithms of scales and for biases (in their layer's root mean square) a part of 1, each by a factor of its own.
    /// </summary>
    public float LearningRate { get; init; } = 0.015f;

    /// <summary>The seed of the order of samples.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most threads; null for one a core. The result is the same bits for any number.</summary>
    public int? Threads { get; init; }

    /// <summary>Told of every finished pass: how many are done, and of how many.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Told what was trained, and what was not and why.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Stops the work.</summary>
    public CancellationToken Cancellation { get; init; }
}
