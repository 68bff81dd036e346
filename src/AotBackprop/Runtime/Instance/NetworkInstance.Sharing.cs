namespace AotBackprop.Runtime;

public sealed unsafe partial class NetworkInstance<TKernels>
{
    /// <summary>The arguments of a step or an epoch, for each thread that shares it. Whoever sets them keeps the memory alive.</summary>
    private sealed class TrainingCall : IPoolCall
    {
        private float* _parameters;
        private float* _X;
        private BatchTargets _targets;
        private nuint _count;
        private OptimizerStep _optimizerStep;
        private bool _isEpoch;
        private nuint _batchSize;
        private ulong _seed;
        private ulong _epoch;
        private void* _workspace;
        private nuint _workspaceSize;

        /// <summary>What the first thread's call returned: every thread's is the same.</summary>
        public NetworkStatus Status { get; private set; }

        /// <summary>The loss that it gave.</summary>
        public double Loss { get; private set; }

        public void SetStep(
            float* parameters, float* X, in BatchTargets targets, nuint count, in OptimizerStep optimizerStep, void* workspace, nuint workspaceSize)
        {
            _parameters = parameters;
            _X = X;
            _targets = targets;
            _count = count;
            _optimizerStep = optimizerStep;
            _isEpoch = false;
            _workspace = workspace;
            _workspaceSize = workspaceSize;
        }

        public void SetEpoch(
            float* parameters,
            float* X,
            in BatchTargets targets,
            nuint count,
            in OptimizerStep optimizerStep,
            nuint batchSize,
            ulong seed,
            ulong epoch,
            void* workspace,
            nuint workspaceSize)
        {
            SetStep(parameters, X, targets, count, optimizerStep, workspace, workspaceSize);
            _isEpoch = true;
            _batchSize = batchSize;
            _seed = seed;
            _epoch = epoch;
        }

        public NetworkStatus Run(in Team team, out double loss)
        {
            double lossSum = 0;
            return _isEpoch
                ? NetworkFunctions<TKernels>.TrainEpoch(
                    _parameters,
                    _X,
                    _targets,
                    _count,
                    _batchSize,
                    _optimizerStep,
                    _seed,
                    _epoch,
                    0,
                    ((_count - 1) / _batchSize) + 1,
                    null,
                    team,
                    _workspace,
                    _workspaceSize,
                    ref lossSum,
                    out loss,
                    out _)
                : NetworkFunctions<TKernels>.TrainStep(
                    _parameters, _X, _targets, _count, _optimizerStep, team, _workspace, _workspaceSize, out loss);
        }

        void IPoolCall.Run(in Team team, bool isFirst)
        {
            NetworkStatus status = Run(team, out double loss);
            if (isFirst)
            {
                Status = status;
                Loss = loss;
            }
        }
    }
}
