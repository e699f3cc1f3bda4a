namespace AkidaQuant.Execution;

/// <summary>
/// Which steps of a plan run as one: a float layer takes in the functions of single values behind it, where nobody looks at what
/// lies between, and applies them to what it has just computed. Values are the same as one after the other.
/// </summary>
internal sealed class StepFusion
{
    private readonly ExecutionPlan _plan;
    private readonly int[] _heads;
    private readonly bool[] _isAbsorbed;
    private readonly IReadOnlyList<Stage>[] _stages;

    /// <summary>Joins steps.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="results">What is looked at.</param>
    public StepFusion(ExecutionPlan plan, RunnerResults results)
    {
        _plan = plan;
        int count = plan.StepList.Count;
        int[] readers = new int[count];
        _heads = new int[count];
        for (int i = 0; i < count; i++)
        {
            _heads[i] = i;
            foreach (int input in plan.StepList[i].Inputs)
            {
                readers[input]++;
            }
        }

        _isAbsorbed = new bool[count];
        _stages = new IReadOnlyList<Stage>[count];
        for (int i = 0; i < count; i++)
        {
            PlanStep step = plan.StepList[i];
            if (step.Prepared.Function is not null && step.Inputs is [int before]
                && plan.StepList[before].Prepared.Float is not null && readers[before] == 1 && !results.Shows(before))
            {
                _heads[i] = _heads[before];
                _isAbsorbed[before] = true;
            }
        }

        for (int i = 0; i < count; i++)
        {
            _stages[i] = _isAbsorbed[i] ? [] : _heads[i] == i ? plan.Stages[i] : [Fused(i)];
        }
    }

    /// <summary>Whether a step's result never is there.</summary>
    public bool IsAbsorbed(int step) => _isAbsorbed[step];

    /// <summary>The stages that run in a step's turn.</summary>
    public IReadOnlyList<Stage> StagesOf(int step) => _stages[step];

    /// <summary>The step whose inputs they take.</summary>
    public int HeadOf(int step) => _heads[step];

    private Stage Fused(int last)
    {
        PreparedLayer head = _plan.StepList[_heads[last]].Prepared;
        List<Kernels.Float.FloatFinish> functions = [];
        for (int i = last; i != _heads[last]; i = _plan.StepList[i].Inputs[0])
        {
            functions.Insert(0, _plan.StepList[i].Prepared.Function!.Value);
        }

        foreach (Lazy<Kernels.Float.FloatFinish> function in head.Float!.Value.Functions.Reverse())
        {
            functions.Insert(0, function.Value);
        }

        return head.Float.Value.Part.Value.ToStage(_plan.StepList[last].Prepared.Output, functions);
    }
}
