using System.Runtime.CompilerServices;

namespace AkidaQuant.Execution;

/// <summary>The tensors of a plan while it runs: how long each is needed, and where it lies.</summary>
internal sealed class RunnerBuffers
{
    private const int CacheLine = 64;

    private readonly ExecutionPlan _plan;
    private readonly RunnerResults _results;
    private readonly StepFusion _fusion;
    private readonly List<Lifetime> _tensors = [];
    private readonly int[] _resultOf;
    private readonly int[] _firstStageOf;

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
            PlanStep step = plan.StepList[i];
            int first = _tensors.Count;
            _firstStageOf[i] = first - 1;
            if (_fusion.IsAbsorbed(i))
            {
                continue;
            }

            foreach (int input in InputsOf(i))
            {
                _tensors[input].Last = first;
            }

            IReadOnlyList<Stage> stages = _fusion.StagesOf(i);
            for (int stage = 0; stage < stages.Count; stage++)
            {
                bool isLast = stage == stages.Count - 1;
                _tensors.Add(new Lifetime(stages[stage].Result, first + stage) { Last = first + stage + (isLast ? 0 : 1) });
            }

            _resultOf[i] = step.Prepared.IsView ? InputsOf(i).First() : _tensors.Count - 1;
        }

        for (int i = ExecutionPlan.ModelInput; i < count; i++)
        {
            if (results.Keeps(i))
            {
                _tensors[ResultOf(i)].Last = _tensors.Count;
            }
        }

        List<(long Bytes, int First, int Last)> needs = Needs(1);
        Bytes = BufferPlan.Of(needs).Slabs.Sum();
        LargestAlive = BufferPlan.LargestAlive(needs);
    }

    /// <summary>The bytes of one sample that a runner holds.</summary>
    public long Bytes { get; }

    /// <summary>The bytes of one sample that are needed at the same time: no runner can hold fewer.</summary>
    public long LargestAlive { get; }

    /// <summary>Whether the result of a step can be read when all have run.</summary>
    public bool IsKept(int step) => _results.Keeps(step);

    /// <summary>The stages that run in a step's turn.</summary>
    public IReadOnlyList<Stage> StagesOf(int step) => _fusion.StagesOf(step);

    /// <summary>Allocates all tensors.</summary>
    /// <param name="capacity">The number of samples.</param>
    /// <returns>The input at index 0, then what each stage gives.</returns>
    public TensorData[] Allocate(int capacity)
    {
        BufferPlan plan = BufferPlan.Of(Needs(capacity));
        (byte[] Memory, int Start)[] slabs = [.. plan.Slabs.Select(AllocateSlab)];
        return
        [
            .. _tensors.Zip(plan.Places, (tensor, place) => TensorData.Within(
                tensor.Spec, capacity, slabs[place.Slab].Memory, checked((int)place.Offset + slabs[place.Slab].Start))),
        ];
    }

    /// <summary>The tensor that holds what a step gives, or the model takes.</summary>
    public int ResultOf(int step) => step == ExecutionPlan.ModelInput ? 0 : _resultOf[step];

    /// <summary>The tensors that a step's stages take.</summary>
    public IEnumerable<int> InputsOf(int step)
    {
        IReadOnlyList<int> inputs = _plan.StepList[_fusion.HeadOf(step)].Inputs;
        return inputs.Count == 0 ? [0] : inputs.Select(input => _resultOf[input]);
    }

    /// <summary>The number of the stages before those of a step.</summary>
    public int FirstStageOf(int step) => _firstStageOf[step];

    private List<(long Bytes, int First, int Last)> Needs(int capacity) =>
        [.. _tensors.Select(tensor => (TensorData.ByteCount(tensor.Spec) * capacity, tensor.First, tensor.Last))];

    /// <summary>Pinned, so that what begins on a cache line stays on one.</summary>
    private static unsafe (byte[] Memory, int Start) AllocateSlab(long bytes)
    {
        byte[] memory = GC.AllocateUninitializedArray<byte>(checked((int)(bytes + CacheLine)), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref memory[0]);
        return (memory, (int)((CacheLine - (address % CacheLine)) % CacheLine));
    }

    private sealed record Lifetime(TensorSpec Spec, int First)
    {
        public int Last { get; set; } = First;
    }
}
