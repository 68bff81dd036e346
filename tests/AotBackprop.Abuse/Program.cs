// Abuses networks from many threads at once, in safe code: none may crash, hang, or take memory beyond what lives.
// usage: AotBackprop.Abuse [SECONDS]    ends with 0, and a line that counts what was done and what was refused
using System.Globalization;
using AotBackprop.Abuse;

TimeSpan time = TimeSpan.FromSeconds(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 60);
Session session = new(time);
Thread[] threads = [.. Enumerable.Range(0, Session.Threads).Select(seed => new Thread(() => session.Abuse(seed)) { IsBackground = true })];
Array.ForEach(threads, thread => thread.Start());

// Each call is short: who has not come back long after the end hangs.
DateTime end = DateTime.UtcNow + time + TimeSpan.FromSeconds(60);
bool hangs = threads.Any(thread => !thread.Join(end - DateTime.UtcNow is { Ticks: > 0 } left ? left : TimeSpan.Zero));
Console.WriteLine(session);
if (hangs || session.Unexpected is not null)
{
    Console.WriteLine(hangs ? "not ok: a thread hangs" : $"not ok: {session.Unexpected}");
    return 1;
}

return 0;
