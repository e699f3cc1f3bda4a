using System.Diagnostics;
using System.Globalization;

namespace AkidaQuant.Shell;

/// <summary>Draws progress records as one line on a terminal, and nothing where a stream is redirected.</summary>
internal sealed class ProgressBar
{
    private const int BarLength = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly bool enabled = !Console.IsOutputRedirected && !Console.IsErrorRedirected;
    private readonly List<ProgressRecord> activities = [];
    private bool visible;
    private long drawnAt;

    /// <summary>Takes in a record; the newest activity is the one drawn.</summary>
    public void Show(ProgressRecord record)
    {
        if (!enabled)
        {
            return;
        }

        int index = activities.FindIndex(activity => activity.ActivityId == record.ActivityId);
        if (record.RecordType == ProgressRecordType.Completed)
        {
            if (index >= 0)
            {
                activities.RemoveAt(index);
            }

            Hide();
            return;
        }

        if (index < 0)
        {
            activities.Add(record);
        }
        else
        {
            activities[index] = record;
        }

        // Faster than this no one reads, and drawing would cost more than the work.
        if (drawnAt == 0 || Stopwatch.GetElapsedTime(drawnAt) >= Pause)
        {
            Draw(activities[^1]);
        }
    }

    /// <summary>Clears the line.</summary>
    public void Hide()
    {
        if (visible)
        {
            Console.Error.Write("\r\u001b[K");
            visible = false;
            drawnAt = 0;
        }
    }

    /// <summary>Clears the line and forgets all activities.</summary>
    public void End()
    {
        Hide();
        activities.Clear();
    }

    private void Draw(ProgressRecord record)
    {
        var parts = new List<string> { record.Activity };
        if (record.PercentComplete >= 0)
        {
            int done = Math.Min(record.PercentComplete, 100) * BarLength / 100;
            parts.Add($"[{new string('=', done)}{new string(' ', BarLength - done)}]");
        }

        parts.AddRange(new[] { record.StatusDescription, record.CurrentOperation }.Where(text => !string.IsNullOrEmpty(text)));
        if (record.SecondsRemaining >= 0)
        {
            parts.Add(TimeSpan.FromSeconds(record.SecondsRemaining).ToString("c", CultureInfo.InvariantCulture) + " left");
        }

        string line = string.Join("  ", parts).ReplaceLineEndings(" ");
        int width = Math.Max((Console.WindowWidth < 1 ? 80 : Console.WindowWidth) - 1, 1);
        Console.Error.Write("\r\u001b[K" + (line.Length > width ? line[..width] : line));
        visible = true;
        drawnAt = Stopwatch.GetTimestamp();
    }
}
