using CsCheck;

namespace AkidaQuant.Tests.Tensors;

public sealed class WorkShareTests
{
    [Fact]
    public void Parts_follow_one_another_and_are_all_the_work_and_about_equal() => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 50])
        .Sample((units, count) =>
        {
            (int Start, int End)[] parts = [.. Enumerable.Range(0, count).Select(index => new WorkShare(index, count).Of(units))];
            return parts[0].Start == 0 && parts[^1].End == units
                && parts.Zip(parts.Skip(1)).All(pair => pair.First.End == pair.Second.Start)
                && parts.All(part => Math.Abs(part.End - part.Start - ((double)units / count)) < 1);
        });

    [Fact]
    public void The_default_is_everything() => Assert.Equal((0, 41), default(WorkShare).Of(41));
}
