// csv make FILE COLUMNS MEGABYTES  writes a table: a third of its columns has 17 digits, the others 4; then a class of 7.
// csv reader FILE                  parses all its numbers by CsvHelper alone.
// csv dataset FILE [fit]           reads it as samples, with float64 kept for a scaling where that is asked for.
using System.Diagnostics;
using System.Globalization;
using AotBackprop;
using AotBackprop.Data;
using CsvHelper;

switch (args)
{
    case ["make", string path, string columns, string megabytes]:
        Make(path, int.Parse(columns, CultureInfo.InvariantCulture), long.Parse(megabytes, CultureInfo.InvariantCulture) << 20);
        return 0;
    case ["reader", string path]:
        Stopwatch time = Stopwatch.StartNew();
        (long numbers, double sum) = Parse(path);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"reader   {time.ElapsedMilliseconds,6} ms, {numbers} numbers, {sum}"));
        return 0;
    case ["dataset", string path, .. string[] fit]:
        int inputs = File.ReadLines(path).First().Split(',').Length - 1;
        time = Stopwatch.StartNew();
        Dataset samples = Dataset.Read(path, new DataShape(inputs, 7, Output.Softmax), new() { Fit = fit.Length > 0 ? ScalingKind.Standard : null });
        long elapsed = time.ElapsedMilliseconds;
        double peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
        double size = (double)samples.Count * inputs * sizeof(float) / 1048576.0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"dataset  {elapsed,6} ms, {peak:0} MB at most, for {size:0} MB of floats: {peak / size:0.00}"));
        return 0;
    default:
        Console.Error.WriteLine("csv: wanted make FILE COLUMNS MEGABYTES, reader FILE, or dataset FILE [fit]");
        return 2;
}

static void Make(string path, int columns, long size)
{
    Random random = new(1);
    using StreamWriter file = new(path);
    string[] fields = new string[columns + 1];
    for (long n = 0; file.BaseStream.Position < size; n++)
    {
        for (int i = 0; i < columns; i++)
        {
            fields[i] = (random.NextDouble() - 0.5).ToString(3 * i < columns ? "R" : "0.000", CultureInfo.InvariantCulture);
        }

        fields[columns] = (n % 7).ToString(CultureInfo.InvariantCulture);
        file.WriteLine(string.Join(',', fields));
    }
}

static (long Numbers, double Sum) Parse(string path)
{
    long numbers = 0;
    double sum = 0;
    using CsvReader reader = CsvReader.FromFile(path, new CsvReaderOptions { HasHeader = false, Separator = ',' });
    while (reader.Read())
    {
        numbers += reader.FieldCount;
        for (int i = 0; i < reader.FieldCount; i++)
        {
            sum += reader.Parse<double>(i);
        }
    }

    return (numbers, sum);
}
