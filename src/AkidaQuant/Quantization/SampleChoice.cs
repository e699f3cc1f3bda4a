namespace AkidaQuant.Quantization;

/// <summary>
/// How many samples are looked at once more behind calibration. It follows from counts alone: the work of a sample decides whether more of
/// them cost anything, and no clock does.
/// </summary>
/// <param name="CalibratedPerSample">One sample for so many that calibrate.</param>
/// <param name="Least">The least number, as far as there are so many.</param>
/// <param name="Most">The greatest number.</param>
internal sealed record SampleChoice(int CalibratedPerSample, int Least, int Most)
{
    /// <summary>Samples that together take no more products than these cost nothing.</summary>
    private const long FreeWork = 1 << 26;

    /// <summary>The number of samples.</summary>
    /// <param name="floating">The float network.</param>
    /// <param name="calibrated">The number of samples that calibrate.</param>
    public int Number(Model floating, int calibrated)
    {
        long work = Math.Max(1, floating.Plan.Stages.Sum(stages => stages.Sum(stage => stage.Work)));
        long number = Math.Max(Math.Max(calibrated / CalibratedPerSample, FreeWork / work), Least);
        return (int)Math.Min(number, Math.Min(Most, calibrated));
    }

    /// <summary>Samples from all over the first ones that calibrate.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="calibrated">The number of those that calibrate.</param>
    /// <param name="floating">The float network.</param>
    public SampleSet Spread(SampleSet samples, int calibrated, Model floating)
    {
        int[] positions = Positions(calibrated, floating);
        return positions.Length == samples.Count ? samples : samples.Select(positions);
    }

    /// <summary>The positions of <see cref="Spread"/>.</summary>
    public int[] Positions(int calibrated, Model floating)
    {
        int number = Number(floating, calibrated);
        return [.. Enumerable.Range(0, number).Select(i => (int)((long)i * calibrated / number))];
    }
}
