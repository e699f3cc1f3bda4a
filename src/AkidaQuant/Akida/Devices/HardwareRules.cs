using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida.Devices;

/// <summary>All rules of hardware (akida-model.md 2).</summary>
public static class HardwareRules
{
    /// <summary>The rules of a design, in the order in which they are looked at.</summary>
    public static ValueList<HardwareRule> Of(AkidaIp ip) => ip switch
    {
        AkidaIp.V1 => Version1Rules.All,
        AkidaIp.V2 => Version2Rules.All,
        _ => PicoRules.All,
    };

    /// <summary>The rules of maximum pools that both generations have.</summary>
    /// <param name="rules">Where they go.</param>
    /// <param name="layers">The layers whose pools are of 2x2.</param>
    /// <param name="all">Those and the ones with other pools.</param>
    internal static void AddMaximumPools(HardwareRuleList rules, string[] layers, string[] all)
    {
        rules.Add(
            "PoolSize",
            layers,
            "pool size",
            "2x2",
            site => site.Window is { IsMaximum: true, PoolSize: var size } && size != (2, 2)
                ? new HardwareBreach(HardwareRuleList.Figure(size), "Use a pool of 2x2.")
                : null);
        rules.Add(
            "PoolStride",
            layers,
            "pool stride",
            "1x1, 2x2",
            site => site.Window is { IsMaximum: true, PoolStride: var stride } && stride is not ((1, 1) or (2, 2))
                ? new HardwareBreach(HardwareRuleList.Figure(stride), "Use a pool stride of 1 or 2.")
                : null);
        rules.Add(
            "PoolStrideSize",
            all,
            "pool stride",
            "at most the pool size",
            site => site.Window is { IsMaximum: true, PoolSize: var size, PoolStride: var stride }
                && (stride.Height > size.Height || stride.Width > size.Width)
                ? new HardwareBreach(
                    HardwareRuleList.Figure(stride), "Give the pool strides of its size.", $"at most {HardwareRuleList.Figure(size)}")
                : null);
    }

    /// <summary>A maximum pool with another layer behind it, or none.</summary>
    internal static HardwareBreach? PoolNotFollowed(HardwareSite site, string[] types)
    {
        if (site.Window is not { IsMaximum: true })
        {
            return null;
        }

        AkidaLayer[] followers = [.. site.Followers];
        AkidaLayer? other = Array.Find(followers, layer => !types.Contains(layer.TypeName));
        return other is null && (followers.Length > 0 || !site.IsWhole)
            ? null
            : new HardwareBreach(other?.TypeName ?? "none", "Put a convolution behind it, such as an identity of 3x3.");
    }
}
