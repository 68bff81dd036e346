namespace AotBackprop.Tests;

[Network(4, 8, 3)]
internal sealed partial class Iris;

[Network(4, 8, 3, Unroll = Unrolling.Full)]
internal sealed partial class IrisFull;

[Network(4, 8, 3, Unroll = Unrolling.Tiled)]
internal sealed partial class IrisTiled;

[Network(64, 32, 10)]
internal sealed partial class Digits;

[Network(64, 32, 10, Unroll = Unrolling.Full)]
internal sealed partial class DigitsFull;

[Network(64, 32, 10, Unroll = Unrolling.Tiled)]
internal sealed partial class DigitsTiled;

[Network(784, 128, 10)]
internal sealed partial class Mnist;

[Network(784, 128, 10, Unroll = Unrolling.Tiled)]
internal sealed partial class MnistTiled;

[Network(784, 128, 64, 10)]
internal sealed partial class MnistDeep;

[Network(784, 128, 64, 10, Unroll = Unrolling.Tiled)]
internal sealed partial class MnistDeepTiled;

[Network(131, 37, 5)]
internal sealed partial class Sparse;

[Network(131, 37, 5, Unroll = Unrolling.Tiled)]
internal sealed partial class SparseTiled;

[Network(1030, 256, 260, 10)]
internal sealed partial class Wide;

[Network(1, 65536)]
internal sealed partial class Broad;

[Network(4, 8, 5, 3, Activation = Activation.LeakyRelu)]
internal sealed partial class IrisLeakyRelu;

[Network(4, 8, 5, 3, Activation = Activation.Elu)]
internal sealed partial class IrisElu;

[Network(4, 8, 5, 3, Activation = Activation.Tanh)]
internal sealed partial class IrisTanh;

[Network(4, 8, 5, 3, Activation = Activation.Sigmoid)]
internal sealed partial class IrisSigmoid;

[Network(4, 8, 5, 3, Activation = Activation.Softplus)]
internal sealed partial class IrisSoftplus;

[Network(4, 8, 5, 3, Activation = Activation.Silu)]
internal sealed partial class IrisSilu;

[Network(4, 8, 5, 3, Activation = Activation.Identity)]
internal sealed partial class IrisIdentity;

[Network(4, 8, 5, 3, Activation = Activation.GeluTanh)]
internal sealed partial class IrisGeluTanh;

[Network(4, 8, 5, 3, Activation = Activation.Gelu)]
internal sealed partial class IrisGelu;

[Network(13, 32, 1, Output = Output.Linear)]
internal sealed partial class Price;

[Network(6, 9, 2, Output = Output.Linear, Activation = Activation.Tanh)]
internal sealed partial class Pair;

[Network(4, 8, 1, Output = Output.Linear)]
internal sealed partial class Number;

[Network(13, 32, 1, Output = Output.Huber, HuberDelta = 1.35f)]
internal sealed partial class Robust;

[Network(4, 8, 1, Output = Output.Sigmoid)]
internal sealed partial class Event;

[Network(20, 16, 5, Output = Output.Sigmoid, Activation = Activation.Tanh)]
internal sealed partial class Tags;

[Network(1, 1, Output = Output.Sigmoid)]
internal sealed partial class One;

[Network(4, 8, 3, Output = Output.Linear, Activation = Activation.Tanh)]
internal sealed partial class IrisLinear;

[Network(4, 8, 3, Output = Output.Sigmoid, Activation = Activation.Tanh)]
internal sealed partial class IrisLabels;

[Network(4, 8, 3, Output = Output.Huber, HuberDelta = 0.5f, Activation = Activation.Tanh)]
internal sealed partial class IrisHuber;
