using System.CommandLine;
using System.Globalization;
using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.Display;
using AotBackprop.Data;
using AotBackprop.Files;
using AotBackprop.Training.Runs;

namespace AotBackprop.CommandLine;

/// <summary><c>train DATA</c>: learns from a file, and may save what it has learned.</summary>
internal static class TrainCommand
{
    private const decimal LargestShare = 0.9m;
    private const decimal UsualShare = 0.2m;

    public static Command Create<TNetwork>(ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        NetworkTask task = NetworkTask.Of<TNetwork>();
        DataSymbols data = new($"the inputs, then {task.Shape.TargetWords}", hasTargets: true);
        PreparationSymbols preparation = new(settings.Scale);
        TrainerSymbols trainer = new(task);
        InitializationSymbol initialization = new(TNetwork.HiddenActivation);
        Option<decimal> holdout = ProgramOptions.Number(
            "--holdout",
            task.Shape.Classes == 0
                ? "The share of the samples to test with instead, drawn by the seed"
                : "The share of the samples to test with instead, of each class alike, drawn by the seed",
            UsualShare,
            value => value is >= 0 and <= LargestShare,
            string.Create(CultureInfo.InvariantCulture, $"a number from 0 to {LargestShare}"));
        Option<string> validation = ProgramOptions.File("--validation", "Test with the samples of this file, and hold out none");
        Option<string> validationTargets = ProgramOptions.File("--validation-target-file", "The targets of --validation are in this file");
        Option<int> blockSize = ProgramOptions.Number<int>(
            "--block-size",
            "Hold so many samples in memory at a time, a multiple of --batch-size, and read the file again for each epoch: of a file larger than memory; "
                + "none are held out",
            value => value >= 1,
            ProgramOptions.WantedCount);
        Option<string> save = ProgramOptions.File("--save", "Write the network to this model file");
        Option<string> model = ProgramOptions.Model(required: false, "Go on from this model file; the optimizer begins anew");
        Option<string> history = ProgramOptions.File("--history", "Write a line of CSV for each epoch to this file");

        Command command = new("train", Examples.Of(
            "Train the network",
            "train samples.csv --save model.safetensors",
            "train samples.csv --scaling standard --optimizer adam --epochs 200 --patience 10 --save model.safetensors",
            "train long.csv --checkpoint long.checkpoint --resume --save model.safetensors",
            "train huge.csv --block-size 65536 --validation test.csv --save model.safetensors"));
        data.AddTo(command);
        preparation.AddTo(command, isTraining: true);
        command.Add(holdout);
        command.Add(validation);
        command.Add(validationTargets);
        command.Add(blockSize);
        trainer.AddTo(command);
        initialization.AddTo(command, model);
        foreach (Option option in new Option[] { save, model, history })
        {
            command.Add(option);
        }

        command.Validators.Add(given =>
        {
            if (given.GetResult(validation) is not null && given.GetResult(holdout) is { Implicit: false })
            {
                given.AddError("--validation is given beside --holdout; wanted one of them.");
            }

            if (given.GetResult(validationTargets) is not null && given.GetResult(validation) is null)
            {
                given.AddError("--validation-target-file is given without --validation; wanted both.");
            }
        });
        command.SetAction(result =>
        {
            string? toJudge = result.GetValue(validation);
            int? block = result.GetResult(blockSize) is null ? null : result.GetValue(blockSize);
            if (block is { } samples)
            {
                RequireReadable(data.Path(result), samples, trainer.BatchSize(result), task.Shape);
                if (result.GetResult(holdout) is { Implicit: false } && result.GetValue(holdout) > 0)
                {
                    throw new UsageException("--holdout is given beside --block-size, which holds one block in memory; wanted --validation.");
                }
            }

            decimal share = toJudge is null && block is null ? result.GetValue(holdout) : 0;
            if (toJudge is null && share == 0 && trainer.NeedsValidation(result) is { } needs)
            {
                throw new UsageException(block is null
                    ? $"{needs} needs samples to judge by, and --holdout is 0; wanted a larger share, or --validation."
                    : $"{needs} needs samples to judge by, and of --block-size none are held out; wanted --validation.");
            }

            SaveTarget[] targets = [.. Targets()];
            RequireUsable(targets, [data.Path(result), .. toJudge is null ? (string[])[] : [toJudge]]);
            using SavedModel<TNetwork>? start = result.GetValue(model) is { } from ? new(from) : null;
            DataOptions options = data.Options(result, start is null ? preparation.Read(result) : preparation.Read(result, start));
            ChosenOptimizer optimizer = trainer.Optimizer(result);
            using TrainingProgress progress = new(task.Judge, data.IsQuiet(result));
            using ReadProgress? reading = block is null ? null : new(
                Printable.Of(data.Path(result)), DataFile.Status(data.Path(result))?.FileSize, data.IsQuiet(result)) { IsRepeated = true };
            progress.Reading = reading;
            return new TrainingSession<TNetwork>
            {
                Task = task,
                Trainer = trainer.Read(result, optimizer, progress),
                Chosen = optimizer,
                Initialization = initialization.Read(result),
                Save = targets.FirstOrDefault(one => one.Option == save.Name),
                History = targets.FirstOrDefault(one => one.Option == history.Name),
                Start = start,
                Progress = progress,
            }.Run(block is { } size ? () => InBlocks(size) : InMemory);

            TrainingSamples<TNetwork> InMemory()
            {
                (Dataset training, Dataset heldOut) = DataMessages.InWords(
                    () => data.Read<TNetwork>(result, options).Split(share, trainer.Seed(result), consume: true));
                return new SamplesInMemory<TNetwork>(training)
                {
                    Validation = toJudge is not null ? Validation(toJudge, training.OptionsOfAnother(options)) : heldOut.Count > 0 ? heldOut : null,
                };
            }

            TrainingSamples<TNetwork> InBlocks(int size)
            {
                StreamedDataset training = data.Open<TNetwork>(result, size, options, reading!);
                return new SamplesInBlocks<TNetwork>(training)
                {
                    Validation = toJudge is not null ? Validation(toJudge, training.DataOptions) : null,
                };
            }

            Dataset Validation(string path, DataOptions known) => DataSymbols.Read<TNetwork>(
                path, data.IsQuiet(result), known with { TargetFile = result.GetValue(validationTargets) });

            IEnumerable<SaveTarget> Targets()
            {
                if (result.GetValue(save) is { } path)
                {
                    yield return new(save.Name, path);
                }

                if (trainer.CheckpointPath(result) is { } checkpoint)
                {
                    yield return new("--checkpoint", checkpoint, "Checkpoint");
                }

                if (result.GetValue(history) is { } lines)
                {
                    yield return new(history.Name, lines, "History");
                }
            }
        });
        return command;
    }

    /// <summary>What is read again for each epoch is a file, of blocks that have whole batches.</summary>
    private static void RequireReadable(string path, int blockSize, int batchSize, DataShape shape)
    {
        if (path == DataFile.StandardInput)
        {
            throw new UsageException("DATA is -, and --block-size reads it again for each epoch; wanted a file.");
        }

        int largest = StreamedDataset.LargestBlock(shape);
        if (blockSize > largest)
        {
            throw new UsageException($"--block-size is {blockSize}; wanted at most {largest} samples of {shape.Inputs} inputs.");
        }

        if (blockSize % batchSize != 0)
        {
            throw new UsageException(
                $"--block-size is {blockSize}, and --batch-size {batchSize}; wanted a block of a multiple of the batch, such as "
                + $"{StreamCheck.Nearest(blockSize, batchSize)}.");
        }
    }

    /// <summary>A training may take hours: what can be wrong with its end is found out before.</summary>
    private static void RequireUsable(SaveTarget[] targets, string[] data)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i].RefuseTaken(data, targets[..i]);
        }

        foreach (SaveTarget target in targets)
        {
            target.RequireWritable();
        }
    }
}
