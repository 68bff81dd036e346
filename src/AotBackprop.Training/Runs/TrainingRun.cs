using AotBackprop.Runtime;
using AotBackprop.Training.Checkpoints;

namespace AotBackprop.Training.Runs;

/// <summary>One training: its loops, and what goes on from batch to batch.</summary>
internal sealed class TrainingRun<TNetwork>
    where TNetwork : class, INetwork<TNetwork>
{
    private Rates _rates = null!;
    private BestSoFar? _best;
    private CheckpointStore? _store;
    private TrainingState _state = new();
    private double _rate;
    private float _initialRate;
    private bool _isSaved;

    public required Trainer Options { get; init; }

    public required TNetwork Network { get; init; }

    public required Optimizer Optimizer { get; init; }

    public required TrainingData? Validation { get; init; }

    public required Batches Batches { get; init; }

    public required Limits Limits { get; init; }

    public required IProgress<EpochReport>? Progress { get; init; }

    /// <summary>What belongs to the network, of a table; else null.</summary>
    public required ModelDescription? Description { get; init; }

    /// <summary>How the samples were prepared, as texts of a checkpoint.</summary>
    public required IReadOnlyDictionary<string, string> Preparation { get; init; }

    public TrainingResult<TNetwork> Run()
    {
        Begin();
        try
        {
            TrainingEnding ending = RunEpochs();
            Save();
            return Result(ending);
        }
        catch (Exception e)
        {
            throw Failure(e);
        }
        finally
        {
            Batches.Dispose();
        }
    }

    /// <summary>What has come of a training that was cancelled before it began.</summary>
    public TrainingResult<TNetwork> RunNothing() => Result(TrainingEnding.Cancelled);

    private bool IsWithinEpoch => _state.Batch < Batches.BatchCount;

    private string Place => IsWithinEpoch
        ? $"at batch {_state.Batch + 1} of {Batches.BatchCount}"
        : Validation is null ? "at its end" : "on the validation data";

    /// <summary>An error of a step knows rows of its batch; here it names samples.</summary>
    private TrainingException Failure(Exception e)
    {
        string message = e.Message;
        CulpritInput? culprit = CulpritInput.Of(e);
        if (culprit is { } input && IsWithinEpoch)
        {
            string name = Batches.NameOf(_state.Batch, input.Row, input.Column);
            message = message.Replace(input.ToString(), name, StringComparison.Ordinal);
            culprit = Batches.SampleOf(_state.Batch, input.Row) is { } sample ? input with { Row = sample } : null;
        }

        return new TrainingException($"Training stopped in epoch {_state.Epoch + 1}, {Place}: {message}", Result(TrainingEnding.Failed), e)
        {
            Culprit = culprit,
            IsOfValidation = !IsWithinEpoch,
        };
    }

    private void Begin()
    {
        _initialRate = Optimizer.LearningRate;
        _rates = Options.Schedule.Begin(_initialRate, Options.Epochs);
        _best = Options.EarlyStopping is { } stopping ? new(stopping) : null;
        if (Options.Checkpoint is not { } checkpoint)
        {
            return;
        }

        _store = CheckpointStore.Of<TNetwork>(checkpoint, Optimizer);
        _state.Options = OptionTexts.Of(Options, Optimizer, Validation, Batches.BlockSize, Preparation);
        _state.Data = Batches.Fingerprint;
        if (checkpoint.Resume && _store.Read() is { } saved)
        {
            Restore(saved);
        }
    }

    private void Restore(CheckpointContent saved)
    {
        try
        {
            saved.State.RequireSameTraining(_state, Batches.BatchCount);
            Optimizer.SetState(saved.Optimizer);
            Network.SetParameters(saved.Parameters);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw _store!.Refusal(e);
        }

        _state = saved.State;
        _best?.Restore(_state.BestValue, _state.BestEpoch, saved.Best, _state.Wait);
        if (_rates is PlateauRates plateau && _state.Plateau is { } state)
        {
            plateau.State = state;
        }

        _isSaved = true;
    }

    private TrainingEnding RunEpochs()
    {
        while (_state.Epoch < Options.Epochs)
        {
            if (_best is { IsOver: true })
            {
                return TrainingEnding.StoppedEarly;
            }

            if (RunBatches() is { } ending)
            {
                return ending;
            }

            FinishEpoch();
        }

        return TrainingEnding.Completed;
    }

    /// <summary>The batches that are left of the epoch.</summary>
    /// <returns>Why the training ends before the epoch does; null where it does not.</returns>
    private TrainingEnding? RunBatches()
    {
        Batches.Begin(Options.Seed, _state.Epoch);
        _rate = _rates.Of(_state.Epoch);
        for (; _state.Batch < Batches.BatchCount; _state.Batch++)
        {
            if (Limits.Reached() is { } ending)
            {
                return ending;
            }

            if (!Batches.Gather(_state.Batch))
            {
                return Limits.Reached() ?? TrainingEnding.Cancelled;
            }

            if (Batches.TotalWeight != 0)
            {
                SetRate(RateOf(_state.Step));
                double loss = Network.TrainStep(Batches.X, Batches.Targets, Optimizer);
                _state.LossSum += loss * Batches.TotalWeight;
                _state.WeightSum += Batches.TotalWeight;
                _state.Step++;
                _isSaved = false;
            }

            Options.BatchEnded?.Invoke(new(_state.Epoch + 1, _state.Batch + 1, Batches.BatchCount));
        }

        // A validation is not ended early: before it is the last chance.
        return Limits.Reached();
    }

    private void FinishEpoch()
    {
        EpochRecord epoch = new()
        {
            Epoch = _state.Epoch + 1,
            LearningRate = RateOf(_state.Step - 1),
            Loss = _state.LossSum / _state.WeightSum,
            Validation = Validation is null ? [] : Judge.Evaluate(Network, Validation),
        };
        _state.History.Add(epoch);
        bool isBest = _best?.Consider(epoch.Validation, _state.Epoch, Network.Parameters) ?? false;
        if (Options.Schedule.Watched is { } watched)
        {
            _rates.Feed(Validation is null ? epoch.Loss : Judge.ValueOf(epoch.Validation, watched));
        }

        _state.NextEpoch();
        _isSaved = false;
        if (Options.Checkpoint is { } checkpoint && _state.Epoch % checkpoint.EveryEpochs == 0)
        {
            Save();
        }

        EpochReport report = new(epoch, Options.Epochs, isBest, Elapsed, Limits.Stop);
        Options.EpochEnded?.Invoke(report);
        Progress?.Report(report);
    }

    /// <summary>The rate of a step: the epoch's, or while the training warms up, the share of it that has been reached.</summary>
    private float RateOf(long step) => step < Options.WarmUpSteps
        ? (float)(_rate * Math.Min(1, (step + 1) / (double)Options.WarmUpSteps))
        : (float)_rate;

    private void SetRate(float rate)
    {
        // Setting it looks at all numbers of the optimizer.
        if (Optimizer.LearningRate != rate)
        {
            Optimizer.LearningRate = rate;
        }
    }

    private TimeSpan Elapsed => TimeSpan.FromSeconds(_state.Seconds) + Limits.Elapsed;

    private void Save()
    {
        if (_store is null || _isSaved)
        {
            return;
        }

        _state.BestValue = _best?.Value;
        _state.BestEpoch = _best?.Epoch ?? 0;
        _state.Wait = _best?.Wait ?? 0;
        _state.Plateau = (_rates as PlateauRates)?.State;
        _store.Write(_state, Elapsed, Network, Optimizer, _best?.Parameters ?? default);
        _isSaved = true;
    }

    private TrainingResult<TNetwork> Result(TrainingEnding ending)
    {
        // However it has ended: the best parameters are those that were asked for.
        bool hasBest = _best is { Value: not null };
        if (hasBest)
        {
            Network.SetParameters(_best!.Parameters.Span);
        }

        return new()
        {
            Model = new(Network, Description),
            Validation = Validation,
            Ending = ending,
            History = _state.History,
            Steps = _state.Step,
            Elapsed = Elapsed,
            BestEpoch = hasBest ? _best!.Epoch + 1 : null,
            BestValue = _best?.Value,
        };
    }
}
