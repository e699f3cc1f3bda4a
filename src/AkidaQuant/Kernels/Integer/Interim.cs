namespace AkidaQuant.Kernels.Integer;
#pragma warning disable CS1591
public static class Interim
{
    public static void Run(this Storage.MaxPooling p, IntegerData i, IntegerData o, int b, WorkShare sh, Requantization? f)
    {
        if (!sh.IsFirst) { return; }
        if (f is null) { p.Run(i, o, b); return; }
        using var t = IntegerData.Rent(o.SampleSize, b, i.Storage);
        p.Run(i, t, b);
        f.Run(t, o, b);
    }
    public static void Run(this GlobalSum p, IntegerData i, IntegerData o, int b, WorkShare sh, Requantization? f)
    {
        if (!sh.IsFirst) { return; }
        if (f is null) { p.Run(i, o, b); return; }
        using var t = IntegerData.Rent(o.SampleSize, b, f.InputRange.Storage);
        p.Run(i, t, b);
        f.Run(t, o, b);
    }
    public static void Run(this SaturatingAddition p, IntegerData i, IntegerData j, IntegerData o, int b, WorkShare sh, Requantization? f)
    {
        if (!sh.IsFirst) { return; }
        if (f is null) { p.Run(i, j, o, b); return; }
        using var t = IntegerData.Rent(o.SampleSize, b, f.InputRange.Storage);
        p.Run(i, j, t, b);
        f.Run(t, o, b);
    }
}
