using System.Numerics.Tensors;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.Models;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Akida;

public sealed class EmulatorTests
{
    private readonly Model _quantized;
    private readonly AkidaModel _akida;
    private readonly SampleSet _samples;

    public EmulatorTests()
    {
        VectorCase vectors = VectorCase.Open("tutorial_5_uint8_input");
        _quantized = vectors.ReadModel("quantized.h5");
        _akida = AkidaConverter.Convert(_quantized, AkidaVersion.V2);
        _samples = vectors.Samples("inputs.npz");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(256)]
    public void Outputs_are_those_of_the_quantized_model_whatever_the_batch(int batchSize)
    {
        float[] expected = [.. Inference.Run(_quantized, _samples, cancellation: Cancellation).SelectMany(batch => batch.Values)];
        OutputBatch[] batches = [.. Emulator.Run(_akida, _samples, batchSize, cancellation: Cancellation)];
        Assert.Equal(expected, batches.SelectMany(batch => batch.Values));
        Assert.Equal(_samples.Count, batches.Sum(batch => batch.Count));
        Assert.All(batches, batch => Assert.True(batch.Count <= batchSize && batch.Start % batchSize == 0));
    }

    [Fact]
    public void Potentials_fill_a_tensor_of_integers()
    {
        PotentialBatch[] batches = [.. Emulator.RunPotentials(_akida, _samples, 3, cancellation: Cancellation)];
        var tensor = Assert.IsType<Tensor<int>>(OutputTensor.Collect(batches, _akida.Potentials.Shape, _samples.Count));
        Assert.Equal(batches.SelectMany(batch => batch.Values), tensor);
        Assert.Equal([_samples.Count, 1, 1, 10], tensor.Lengths.ToArray().Select(length => (int)length));
        PotentialPrediction prediction = PotentialPrediction.From(batches[0], _akida.Potentials.Shape, _samples).First();
        Assert.Equal(prediction.Output.Max(), prediction.Score);
        Assert.Equal(prediction.Output.IndexOf(prediction.Score!.Value), prediction.Class);
    }

    [Fact]
    public void Sparsity_counts_every_value_of_every_layer()
    {
        SparsityAnalysis analysis = new(_akida);
        _ = Emulator.Run(_akida, _samples, 3, sparsity: analysis, cancellation: Cancellation).Count();
        Assert.All(
            analysis.Results,
            layer => Assert.Equal((long)_samples.Count * _akida.Plan[layer.Name].Prepared.Output.Shape.Size, layer.Values));
    }

    [Fact]
    public void Refuses_samples_that_do_not_fit()
    {
        SampleSet signed = SampleSet.FromArray(Enumerable.Repeat((sbyte)-1, _samples.SampleShape.Size).ToArray(), _samples.SampleShape);
        Assert.Equal(
            "SampleTypeMismatch",
            Assert.Throws<QuantException>(() => Emulator.Run(_akida, signed, cancellation: Cancellation).Count()).Id);
        Assert.Equal(
            "SampleShapeMismatch",
            Assert
                .Throws<QuantException>(() =>
                    Emulator.Run(_akida, SampleSet.FromArray(new byte[4], new Shape(2, 2)), cancellation: Cancellation))
                .Id);
    }
}
