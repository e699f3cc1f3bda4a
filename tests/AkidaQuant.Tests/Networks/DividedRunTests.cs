using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>However the work is divided, batched and where its tensors lie, results are the same bits.</summary>
public sealed class DividedRunTests
{
    private const int Networks = 60;
    private const int Batch = 3;

    private static Gen<RandomNetwork> Any => Gen.OneOf(RandomNetwork.Convertible, RandomNetwork.ConvertiblePadded);

    /// <summary>Every stage of every layer, also those that are too small to be worth it, in parts that run backwards.</summary>
    [Fact]
    public void Parts_of_any_number_give_the_bits_of_the_whole_and_write_everything() => Any.Sample(
        network =>
        {
            (Model quantized, SampleSet samples) = Quantize(network);
            AkidaModel? akida = Convert(quantized);
            foreach (int count in (int[])[2, 3, 7])
            {
                Compare(network.Model.Plan, network.Model.Input.Integers, samples, count);
                Compare(quantized.Plan, quantized.Input.Integers, samples, count);
                if (akida is not null)
                {
                    Compare(akida.Plan, quantized.Input.Integers, samples, count);
                }
            }
        },
        iter: Networks,
        threads: 1);

    /// <summary>What callers get: shared buffers, functions joined, threads that help one another.</summary>
    [Fact]
    public void Threads_and_batches_do_not_show() => Any.Sample(
        network =>
        {
            (Model quantized, SampleSet samples) = Quantize(network);
            AkidaModel? akida = Convert(quantized);
            float[] floats = Whole(network.Model.Plan, network.Model.Input.Integers, samples);
            float[] integers = Whole(quantized.Plan, quantized.Input.Integers, samples);
            float[] emulated = akida is null ? [] : Whole(akida.Plan, quantized.Input.Integers, samples);
            foreach ((int threads, int batch) in (IEnumerable<(int, int)>)[(1, 1), (2, 16), (7, 100), (7, 1), (2, 1)])
            {
                Assert.Equal(floats, Values(Inference.Run(network.Model, samples, batch, threads)));
                Assert.Equal(integers, Values(Inference.Run(quantized, samples, batch, threads)));
                Assert.Equal(emulated, akida is null ? [] : Values(Emulator.Run(akida, samples, batch, threads)));
            }
        },
        iter: Networks,
        threads: 1);

    private static void Compare(ExecutionPlan plan, (ValueRange, string)? type, SampleSet samples, int count)
    {
        PlanRunner whole = new(plan, Batch);
        SampleInput.Load(samples, 0, Batch, whole.Input, type, plan.ModelName);
        whole.Run(Batch, TestContext.Current.CancellationToken);
        TensorData[] results = new TensorData[plan.StepList.Count];
        for (int step = 0; step < results.Length; step++)
        {
            PlanStep layer = plan.StepList[step];
            TensorData[] inputs = layer.Inputs.Count == 0 ? [whole.Input] : [.. layer.Inputs.Select(input => results[input])];
            results[step] = inputs[0];
            foreach (Stage stage in plan.Stages[step])
            {
                results[step] = Garbage(stage.Result);
                for (int index = stage.Work == 0 ? 0 : count - 1; index >= 0; index--)
                {
                    stage.Run(inputs, results[step], Batch, stage.Work == 0 ? default : new WorkShare(index, count));
                }

                inputs = [results[step]];
            }

            Assert.Equal(Values(whole[step]), Values(results[step]));
        }
    }

    private static float[] Whole(ExecutionPlan plan, (ValueRange, string)? type, SampleSet samples)
    {
        PlanRunner runner = new(plan, samples.Count);
        SampleInput.Load(samples, 0, samples.Count, runner.Input, type, plan.ModelName);
        runner.Run(samples.Count, TestContext.Current.CancellationToken);
        float[] values = new float[samples.Count * plan.Output.Shape.Size];
        runner.Output.CopyTo(values, samples.Count);
        return values;
    }

    /// <summary>A buffer in which nothing is 0, as memory that another tensor has used.</summary>
    private static TensorData Garbage(TensorSpec spec)
    {
        TensorData data = TensorData.Allocate(spec, Batch);
        switch (data)
        {
            case FloatData floats:
                floats.Values(Batch).Fill(float.NaN);
                break;
            case IntegerData { Storage: IntegerStorage.Int16 } integers:
                integers.Values<short>(Batch).Fill(0x5A5A);
                break;
            case IntegerData { Storage: IntegerStorage.Int32 } integers:
                integers.Values<int>(Batch).Fill(0x5A5A5A5A);
                break;
            default:
                ((IntegerData)data).Values<long>(Batch).Fill(0x5A5A5A5A5A5A5A5A);
                break;
        }

        return data;
    }

    private static float[] Values(TensorData data)
    {
        float[] values = new float[Batch * data.SampleSize];
        data.CopyTo(values, Batch);
        return values;
    }

    private static float[] Values(IEnumerable<OutputBatch> batches) => [.. batches.SelectMany(batch => batch.Values)];

    /// <summary>The Akida model; null where a rule of the conversion forbids it.</summary>
    private static AkidaModel? Convert(Model quantized)
    {
        try
        {
            return AkidaConverter.Convert(quantized, AkidaVersion.V2);
        }
        catch (QuantException)
        {
            return null;
        }
    }

    private static (Model Quantized, SampleSet Samples) Quantize(RandomNetwork network)
    {
        SampleSet samples = network.Model.Input.Type is { } type
            ? RandomSamples.Create(network.Model.InputShape, 10, type, network.Seed)
            : RandomSamples.CreateFloats(network.Model.InputShape, 10, network.Seed, -1, 1);
        return (Quantizer.Quantize(network.Model, new QuantizeOptions { Parameters = network.Parameters, Samples = samples }), samples);
    }
}
