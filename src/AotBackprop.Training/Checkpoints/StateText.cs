using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AotBackprop.Training.Runs;

namespace AotBackprop.Training.Checkpoints;

/// <summary>The state of a training as JSON. Numbers are the shortest that give the same again; what is not finite is null.</summary>
internal static class StateText
{
    public static string Of(TrainingState state, TimeSpan elapsed)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, ModelFileValues.Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", state.Epoch);
            json.WriteNumber("batch", state.Batch);
            json.WriteString("step", state.Step.ToString(CultureInfo.InvariantCulture));
            Number(json, "loss_sum", state.LossSum);
            Number(json, "weight_sum", state.WeightSum);
            if (state.Plateau is { } plateau)
            {
                Number(json, "plateau_rate", plateau.Rate);
                Number(json, "plateau_best", plateau.Best);
                json.WriteNumber("plateau_wait", plateau.Wait);
                json.WriteNumber("plateau_cooldown", plateau.Cooldown);
            }

            Number(json, "best_value", state.BestValue);
            json.WriteNumber("best_epoch", state.BestEpoch);
            json.WriteNumber("wait", state.Wait);
            Number(json, "seconds", elapsed.TotalSeconds);
            json.WriteStartArray("history");
            foreach (EpochRecord epoch in state.History)
            {
                Write(json, epoch);
            }

            json.WriteEndArray();
            json.WriteStartObject("options");
            foreach ((string key, string value) in state.Options)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteString("data", state.Data);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The state that a text tells of.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static TrainingState Parse(string text)
    {
        JsonFields fields = JsonFields.Parse(Encoding.UTF8.GetBytes(text), "its state");
        TrainingHistory history = new();
        foreach (JsonFields epoch in fields.Objects("history"))
        {
            history.Add(new()
            {
                Epoch = epoch.Whole("epoch"),
                LearningRate = (float)epoch.Number("rate"),
                Loss = epoch.Number("loss"),
                Validation = [.. epoch.Object("validation").Names.Select(name => new Figure(name, epoch.Object("validation").Number(name)))],
            });
        }

        JsonFields options = fields.Object("options");
        return new()
        {
            Epoch = fields.Whole("epoch"),
            Batch = fields.Whole("batch"),
            Step = fields.WholeLong("step"),
            LossSum = fields.Number("loss_sum"),
            WeightSum = fields.Number("weight_sum"),
            Plateau = fields.Has("plateau_rate") ? PlateauOf(fields) : null,
            BestValue = fields.NumberOrNull("best_value"),
            BestEpoch = fields.Whole("best_epoch"),
            Wait = fields.Whole("wait"),
            Seconds = fields.Number("seconds"),
            History = history,
            Options = options.Names.ToDictionary(name => name, options.Text),
            Data = fields.Text("data"),
        };
    }

    private static PlateauState PlateauOf(JsonFields fields) => new(
        fields.Number("plateau_rate"), fields.NumberOrNull("plateau_best"), fields.Whole("plateau_wait"), fields.Whole("plateau_cooldown"));

    private static void Write(Utf8JsonWriter json, EpochRecord epoch)
    {
        json.WriteStartObject();
        json.WriteNumber("epoch", epoch.Epoch);
        Number(json, "loss", epoch.Loss);
        json.WritePropertyName("rate");
        json.WriteRawValue(NumberText.Of(epoch.LearningRate));
        json.WriteStartObject("validation");
        foreach (Figure figure in epoch.Validation)
        {
            Number(json, figure.Name, figure.Value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double? number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(number is { } known && double.IsFinite(known) ? NumberText.Of(known) : "null");
    }
}
