namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// A <see cref="ChannelLine"/> in 32 bits: <c>(clamp(x, Least, Greatest) * Factor + Offset) &gt;&gt; Shift</c>, of which only the low
/// 32 bits are ever needed before the shift.
/// </summary>
/// <param name="Least">Integers below give what this one gives.</param>
/// <param name="Greatest">Integers above give what this one gives.</param>
/// <param name="Factor">The factor, or its low bits.</param>
/// <param name="Offset">What is added, or its low bits.</param>
/// <param name="Shift">The shift to the right, 0 to 31.</param>
internal readonly record struct IntegerLine(int Least, int Greatest, int Factor, int Offset, int Shift);
