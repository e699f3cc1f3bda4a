namespace AkidaQuant.Akida.Devices;

/// <summary>The processors of a device that are free.</summary>
internal sealed class ProcessorPool(AkidaDevice device)
{
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);
    private int _neural;
    private int _skips;

    /// <summary>The free neural processors; null where the device's number is not known.</summary>
    public int? Free => device.Processors - _neural;

    /// <summary>Whether a layer finds what it needs.</summary>
    public bool Holds(LayerDemand demand) =>
        demand.Neural <= (Free ?? int.MaxValue)
        && demand.SkipDmas + _skips <= (device.SkipDma ?? int.MaxValue)
        && demand.Processors + _used.GetValueOrDefault(demand.Component) <= Limit(demand.Component);

    /// <summary>Gives a layer what it needs.</summary>
    public void Take(LayerDemand demand)
    {
        _used[demand.Component] = _used.GetValueOrDefault(demand.Component) + demand.Processors;
        _neural += demand.Neural;
        _skips += demand.SkipDmas;
    }

    /// <summary>What there is not enough of for layers that run at once; null where there is enough, or nothing is known.</summary>
    public AkidaShortage? Shortage(IReadOnlyList<LayerDemand> demands)
    {
        int neural = demands.Sum(demand => demand.Neural);
        if (device.Processors is { } available && neural > available)
        {
            return new AkidaShortage(neural, available, "neural processors");
        }

        int skips = demands.Sum(demand => demand.SkipDmas);
        return device.SkipDma is { } channels && skips > channels ? new AkidaShortage(skips, channels, "skip DMA channels")
            : demands.GroupBy(demand => demand.Component, StringComparer.Ordinal)
                .Select(kind => new AkidaShortage(kind.Sum(demand => demand.Processors), Limit(kind.Key), $"{kind.Key} processors"))
                .FirstOrDefault(kind => kind.Needed > kind.Available);
    }

    private int Limit(string component) => component switch
    {
        LayerDemand.Hrc => device.Hrc,
        LayerDemand.Cnp => device.Cnp ?? int.MaxValue,
        LayerDemand.Fnp2 => device.Fnp2 ?? int.MaxValue,
        LayerDemand.Fnp3 => device.Fnp3 ?? int.MaxValue,
        LayerDemand.TnpB => device.TnpB ?? int.MaxValue,
        LayerDemand.TnpR => device.TnpR ?? int.MaxValue,
        _ => int.MaxValue,
    };
}
