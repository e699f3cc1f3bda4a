using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida.Devices;

/// <summary>Cuts a model into sequences as its layers come, and gives processors to those on the device.</summary>
internal sealed class MapSequences(AkidaDevice device, AkidaMapMode mode)
{
    private readonly List<Place> _places = [];
    private readonly List<AkidaBackend> _backends = [];
    private ProcessorPool _pool = new(device);
    private int _pass = 1;

    /// <summary>Puts a layer into a sequence.</summary>
    /// <param name="demand">What it takes.</param>
    /// <param name="rules">The rules that refuse it; empty for none.</param>
    public void Add(LayerDemand demand, string rules)
    {
        if (demand.IsEdge && rules.Length == 0)
        {
            // The host makes integers of floats and floats of integers: at the edge of whatever runs beside it.
            _places.Add(new Place(demand) { Sequence = demand.Layer is AkidaInputData ? 0 : _backends.Count, Pass = _pass });
            return;
        }

        string reason = rules.Length > 0 ? rules : new ProcessorPool(device).Shortage([demand])?.ToString() ?? string.Empty;
        AkidaBackend backend = reason.Length > 0 ? AkidaBackend.Software : AkidaBackend.Hardware;
        if (_backends.Count == 0 || _backends[^1] != backend)
        {
            Begin(backend);
        }
        else if (backend == AkidaBackend.Hardware && !_pool.Holds(demand))
        {
            if (mode == AkidaMapMode.HwPr)
            {
                _pool = new ProcessorPool(device);
                _pass++;
            }
            else
            {
                Begin(backend);
            }
        }

        if (backend == AkidaBackend.Hardware)
        {
            _pool.Take(demand);
        }

        _places.Add(new Place(demand) { Sequence = _backends.Count, Pass = _pass, Reason = reason });
    }

    /// <summary>
    /// Gives the free processors of each pass, one after the other, to the layer with the most multiplications a processor, so long as it
    /// has neurons for them; none for <see cref="AkidaMapMode.Minimal"/>.
    /// </summary>
    public void Spread()
    {
        if (mode == AkidaMapMode.Minimal || device.Processors is not { } all)
        {
            return;
        }

        foreach (IGrouping<(int, int), Place> pass in _places.Where(IsOnDevice).GroupBy(place => (place.Sequence, place.Pass)))
        {
            Place[] places = [.. pass];
            int free = all - places.Sum(place => place.Demand.Neural);
            while (free-- > 0 && places.Where(place => place.Demand.CanSpread).MaxBy(place => place.Demand.Macs / place.Demand.Processors)
                is { } busiest)
            {
                busiest.Demand = busiest.Demand with { Processors = busiest.Demand.Processors + 1 };
            }
        }
    }

    /// <summary>The sequences; a model of nothing but edges is one in software.</summary>
    public IReadOnlyList<AkidaSequence> Sequences()
    {
        if (_backends.Count == 0 && _places.Exists(place => place.Demand.Layer is not AkidaInputData))
        {
            _backends.Add(AkidaBackend.Software);
        }

        return
        [
            .. _backends.Select((backend, index) => new AkidaSequence
            {
                Number = index + 1,
                Backend = backend,
                Layers = [.. _places.Where(place => Number(place) == index + 1).Select(place => place.Demand.Layer.Name)],
                PassCount = _places.Where(place => Number(place) == index + 1).Max(place => place.Pass),
            }),
        ];
    }

    /// <summary>The layers with what they were given.</summary>
    public IEnumerable<MappedLayer> Layers(string model) => _places.Select(place => new MappedLayer
    {
        Model = model,
        Device = device.Name,
        Layer = place.Demand.Layer.Name,
        Type = place.Demand.Layer.TypeName,
        Sequence = Number(place),
        Pass = IsOnDevice(place) ? place.Pass : 0,
        Backend = IsOnDevice(place) ? AkidaBackend.Hardware : AkidaBackend.Software,
        Component = IsOnDevice(place) ? place.Demand.Component : string.Empty,
        Processors = IsOnDevice(place) ? place.Demand.Processors : 0,
        IsEstimate = IsOnDevice(place) && place.Demand.Neural > 0,
        InputBytes = place.Demand.InputBytes,
        WeightBytes = place.Demand.WeightBytes,
        ExternalMemory = IsOnDevice(place) ? place.Demand.ExternalMemory : 0,
        SkipDmas = IsOnDevice(place) ? place.Demand.SkipDmas : 0,
        Reason = place.Reason,
    });

    /// <summary>A layer at the beginning, in front of the first sequence, belongs to it.</summary>
    private static int Number(Place place) => place.Demand.Layer is AkidaInputData ? 0 : Math.Max(place.Sequence, 1);

    private bool IsOnDevice(Place place) =>
        Number(place) is > 0 and var number && number <= _backends.Count && _backends[number - 1] == AkidaBackend.Hardware;

    private void Begin(AkidaBackend backend)
    {
        _backends.Add(backend);
        _pool = new ProcessorPool(device);
        _pass = 1;
    }

    /// <summary>A layer and where it runs.</summary>
    private sealed class Place(LayerDemand demand)
    {
        public LayerDemand Demand { get; set; } = demand;

        public int Sequence { get; init; }

        public int Pass { get; init; }

        public string Reason { get; init; } = string.Empty;
    }
}
