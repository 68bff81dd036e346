// Forms and register tiles beside those that the planner chooses: sweep [SHAPE …]. Each candidate's training step is
// timed by turns with the planner's, and the median of the ratios counts. Pin it: taskset -c 1 …
using System.Globalization;
using Sweep;

const int Rounds = 31;
const double BlockSeconds = 0.001;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int[] batches = [1, 32, 128];
string[] shapes = args.Length > 0 ? args : ["4-8-3", "64-32-10", "17-33-7-5", "100-50-10", "784-128-10", "784-128-64-10", "784-512-10"];
Console.WriteLine("shape            batch   planned µs   best found     time of planned");
foreach (string shape in shapes)
{
    int[] sizes = [.. shape.Split('-').Select(int.Parse)];
    Steps planned = Steps.Of(Candidate.Planned.Compile(sizes)!);
    List<(string Name, Steps Steps)> others = [.. Candidate.All()
        .Select(candidate => (candidate.Name, Type: candidate.Compile(sizes)))
        .Where(other => other.Type is not null)
        .Select(other => (other.Name, Steps.Of(other.Type!)))];
    foreach (int batch in batches)
    {
        planned.Time(batch, 1);
        double seconds = planned.Time(batch, 100) + 1e-9;
        int repeats = Math.Max(1, (int)(BlockSeconds / seconds));
        List<(string Name, double Ratio)> ratios = [("planned", 1)];
        List<double> times = [];
        foreach ((string name, Steps steps) in others)
        {
            double[] ratio = new double[Rounds];
            steps.Time(batch, repeats);
            for (int round = 0; round < Rounds; round++)
            {
                double time = planned.Time(batch, repeats);
                times.Add(time);
                ratio[round] = steps.Time(batch, repeats) / time;
            }

            ratios.Add((name, Median(ratio)));
        }

        (string best, double least) = ratios.MinBy(other => other.Ratio);
        Console.WriteLine($"{shape,-16} {batch,5} {Median([.. times]) * 1e6,12:F2}   {best,-16} {least,6:F3}{(least < 0.95 ? "  more than 5 % faster" : "")}");
        if (Environment.GetEnvironmentVariable("SWEEP_ALL") == "1")
        {
            foreach ((string name, double value) in ratios.OrderBy(other => other.Ratio))
            {
                Console.WriteLine($"    {name,-24} {value:F3}");
            }
        }
    }
}

static double Median(double[] numbers)
{
    Array.Sort(numbers);
    return numbers[numbers.Length / 2];
}
