using System.Runtime.CompilerServices;

namespace AkidaQuant.Execution;

/// <summary>The tensors of a plan while it runs: how long each is needed, and where it lies.</summary>
internal sealed class RunnerBuffers
{
    private const int CacheLine = 64;

    /// <summary>An array has room for so many bytes, rounded up to cache lines, behind the place where the first line begins.</summary>
    private const int MostBytes = int.MaxValue - (4 * CacheLine);

    private readonly ExecutionPlan _plan;
    private readonly RunnerResults _results;
    private readonly StepFusion _fusion;
    private readonly List<Lifetime> _tensors = [];
    private readonly int[] _resultOf;
    private readonly int[] _firstStageOf;
    private readonly BufferPlan _places;

    /// <summary>Works out how long each tensor is needed.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="results">What is looked at.</param>
    public RunnerBuffers(ExecutionPlan plan, RunnerResults results)
    {
        _plan = plan;
        _results = results;
        _fusion = new StepFusion(plan, results);
        int count = plan.StepList.Count;
        _resultOf = new int[count];
        _firstStageOf = new int[count];

        // Moment 0 is that in which the input is loaded; every stage is one more, and fills the tensor of its number.
        _tensors.Add(new Lifetime(plan.Input, 0));
        for (int i = 0; i < count; i++)
        {
            int first = _tensors.Count;
            _firstStageOf[i] = first - 1;
            if (_fusion.IsAbsorbed(i))
            {
                continue;
            }

            int[] inputs = InputsOf(i);
            foreach (int input in inputs)
            {
                _tensors[input].Last = first;
            }

            IReadOnlyList<Stage> stages = _fusion.StagesOf(i);
            for (int stage = 0; stage < stages.Count; stage++)
            {
                bool isLast = stage == stages.Count - 1;
                _tensors.Add(new Lifetime(stages[stage].Result, first + stage) { Last = first + stage + (isLast ? 0 : 1) });
            }

            _resultOf[i] = plan.StepList[i].Prepared.IsView ? inputs[0] : _tensors.Count - 1;
        }

        for (int i = ExecutionPlan.ModelInput; i < count; i++)
        {
            if (results.Keeps(i))
            {
                _tensors[ResultOf(i)].Last = _tensors.Count;
            }
        }

        _places = BufferPlan.Of(Tenants(1));
        foreach (long bytes in _places.SlabBytes())
        {
            Bytes += bytes;
        }

        LargestAlive = _places.LargestAlive();
    }

    /// <summary>The bytes of one sample that a runner holds.</summary>
    public long Bytes { get; }

    /// <summary>The bytes of one sample that are needed at the same time: no runner can hold fewer.</summary>
    public long LargestAlive { get; }

    /// <summary>Whether the result of a step can be read when all have run.</summary>
    public bool IsKept(int step) => _results.Keeps(step);

    /// <summary>Whether the result of a step is looked at.</summary>
    public bool IsShown(int step) => _results.Shows(step);

    /// <summary>The stages that run in a step's turn.</summary>
    public IReadOnlyList<Stage> StagesOf(int step) => _fusion.StagesOf(step);

    /// <summary>Allocates all tensors.</summary>
    /// <param name="capacity">The number of samples.</param>
    /// <returns>The input at index 0, then what each stage gives.</returns>
    /// <exception cref="QuantException"><c>BatchTooLarge</c>: a tensor of so many samples does not fit an array.</exception>
    public TensorData[] Allocate(int capacity)
    {
        RequireArrays(capacity);
        (BufferPlan places, int scale) = FitsInts(capacity) ? (_places, capacity) : (BufferPlan.Of(Tenants(capacity)), 1);
        long[] bytes = places.SlabBytes();
        byte[][] memory = new byte[bytes.Length][];
        int[] starts = new int[bytes.Length];
        for (int slab = 0; slab < bytes.Length; slab++)
        {
            (memory[slab], starts[slab]) = AllocateSlab(bytes[slab] * scale);
        }

        TensorData[] tensors = new TensorData[_tensors.Count];
        for (int i = 0; i < tensors.Length; i++)
        {
            BufferTenant place = places.Tenants[i];
            int offset = checked((int)((place.Offset * scale) + starts[place.Slab]));
            tensors[i] = TensorData.Within(_tensors[i].Spec, capacity, memory[place.Slab], offset);
        }

        return tensors;
    }

    /// <summary>The tensor that holds what a step gives, or the model takes.</summary>
    public int ResultOf(int step) => step == ExecutionPlan.ModelInput ? 0 : _resultOf[step];

    /// <summary>The tensors that a step's stages take.</summary>
    public int[] InputsOf(int step)
    {
        IReadOnlyList<int> inputs = _plan.StepList[_fusion.HeadOf(step)].Inputs;
        int[] tensors = new int[Math.Max(inputs.Count, 1)];
        for (int i = 0; i < inputs.Count; i++)
        {
            tensors[i] = _resultOf[inputs[i]];
        }

        return tensors;
    }

    /// <summary>The number of the stages before those of a step.</summary>
    public int FirstStageOf(int step) => _firstStageOf[step];

    /// <summary>Whether the places of one sample's tensors serve several samples, everything moved apart alike.</summary>
    private bool FitsInts(int capacity)
    {
        foreach (long bytes in _places.SlabBytes())
        {
            if (bytes * capacity > BufferPlan.SlabLimit)
            {
                return false;
            }
        }

        return true;
    }

    private void RequireArrays(int capacity)
    {
        foreach (Lifetime tensor in _tensors)
        {
            long bytes = TensorData.ByteCount(tensor.Spec);
            if (bytes * capacity > MostBytes)
            {
                throw new QuantException(
                    "BatchTooLarge",
                    QuantErrorKind.InvalidArgument,
                    $"A layer of the model '{_plan.ModelName}' takes {bytes} bytes a sample, too many for {capacity} samples at a time. Use a smaller batch.",
                    nameof(capacity));
            }
        }
    }

    private List<BufferTenant> Tenants(int capacity)
    {
        List<BufferTenant> tenants = [];
        foreach (Lifetime tensor in _tensors)
        {
            tenants.Add(new BufferTenant(TensorData.ByteCount(tensor.Spec) * capacity, tensor.First, tensor.Last));
        }

        return tenants;
    }

    /// <summary>Pinned, so that what begins on a cache line stays on one.</summary>
    private static unsafe (byte[] Memory, int Start) AllocateSlab(long bytes)
    {
        byte[] memory = GC.AllocateUninitializedArray<byte>(checked((int)(bytes + CacheLine)), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref memory[0]);
        return (memory, (int)((CacheLine - (address % CacheLine)) % CacheLine));
    }

    private sealed class Lifetime
    {
        public Lifetime(TensorSpec spec, int first)
        {
            Spec = spec;
            First = first;
            Last = first;
        }

        public TensorSpec Spec { get; }

        public int First { get; }

        public int Last { get; set; }
    }
}
