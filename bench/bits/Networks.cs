namespace AotBackprop.Bits;

[Network(4, 8, 3)]
internal sealed partial class N4_8_3;

[Network(64, 32, 10)]
internal sealed partial class N64_32_10;

[Network(13, 16, 3)]
internal sealed partial class N13_16_3;

[Network(7, 17, 3)]
internal sealed partial class N7_17_3;

[Network(131, 37, 5)]
internal sealed partial class N131_37_5;

[Network(1, 2)]
internal sealed partial class N1_2;

[Network(300, 1, 2)]
internal sealed partial class N300_1_2;

[Network(16, 16, 16)]
internal sealed partial class N16_16_16;

[Network(128, 33, 10)]
internal sealed partial class N128_33_10;

[Network(200, 40, 30)]
internal sealed partial class N200_40_30;

[Network(300, 64, 17)]
internal sealed partial class N300_64_17;

[Network(20, 10, 65)]
internal sealed partial class N20_10_65;

[Network(9, 130)]
internal sealed partial class N9_130;

[Network(3, 4, 4, 4, 4, 4, 4, 2)]
internal sealed partial class N3_4_4_4_4_4_4_2;

[Network(33, 47, 12, 11)]
internal sealed partial class N33_47_12_11;

[Network(256, 256, 16)]
internal sealed partial class N256_256_16;

[Network(300, 300, 300)]
internal sealed partial class N300_300_300;

[Network(64, 100, 2)]
internal sealed partial class N64_100_2;

[Network(31, 48, 64)]
internal sealed partial class N31_48_64;

[Network(129, 96, 10)]
internal sealed partial class N129_96_10;

[Network(4, 8, 3, Unroll = Unrolling.Full)]
internal sealed partial class N4_8_3Full;

[Network(4, 8, 3, Unroll = Unrolling.Tiled)]
internal sealed partial class N4_8_3Tiled;

[Network(64, 32, 10, Unroll = Unrolling.Full)]
internal sealed partial class N64_32_10Full;

[Network(64, 32, 10, Unroll = Unrolling.Tiled)]
internal sealed partial class N64_32_10Tiled;

[Network(131, 37, 5, Unroll = Unrolling.Tiled)]
internal sealed partial class N131_37_5Tiled;

[Network(33, 47, 12, 11, Unroll = Unrolling.Full)]
internal sealed partial class N33_47_12_11Full;

[Network(33, 47, 12, 11, Unroll = Unrolling.Tiled)]
internal sealed partial class N33_47_12_11Tiled;

[Network(20, 10, 65, Unroll = Unrolling.Tiled)]
internal sealed partial class N20_10_65Tiled;

[Network(13, 16, 3, Unroll = Unrolling.Full)]
internal sealed partial class N13_16_3Full;

[Network(9, 130, Unroll = Unrolling.Full)]
internal sealed partial class N9_130Full;

[Network(15, 98, 263, 96, 8)]
internal sealed partial class N15_98_263_96_8;

[Network(47, 22, 203, 21, 12)]
internal sealed partial class N47_22_203_21_12;

[Network(271, 19, 124, 238, 101, 35)]
internal sealed partial class N271_19_124_238_101_35;

[Network(16, 44, 31)]
internal sealed partial class N16_44_31;

[Network(283, 3, 11, 17, 36, 56, 27)]
internal sealed partial class N283_3_11_17_36_56_27;

[Network(13, 6)]
internal sealed partial class N13_6;

[Network(1, 15)]
internal sealed partial class N1_15;

[Network(2, 204, 28)]
internal sealed partial class N2_204_28;

[Network(102, 19)]
internal sealed partial class N102_19;

[Network(171, 210, 4, 10)]
internal sealed partial class N171_210_4_10;

/// <summary>Sizes from 1 to 300, one layer to seven, every form.</summary>
internal static class Networks
{
    public static void Run()
    {
        Recording.Of<N4_8_3>();
        Recording.Of<N64_32_10>();
        Recording.Of<N13_16_3>();
        Recording.Of<N7_17_3>();
        Recording.Of<N131_37_5>();
        Recording.Of<N1_2>();
        Recording.Of<N300_1_2>();
        Recording.Of<N16_16_16>();
        Recording.Of<N128_33_10>();
        Recording.Of<N200_40_30>();
        Recording.Of<N300_64_17>();
        Recording.Of<N20_10_65>();
        Recording.Of<N9_130>();
        Recording.Of<N3_4_4_4_4_4_4_2>();
        Recording.Of<N33_47_12_11>();
        Recording.Of<N256_256_16>();
        Recording.Of<N300_300_300>();
        Recording.Of<N64_100_2>();
        Recording.Of<N31_48_64>();
        Recording.Of<N129_96_10>();
        Recording.Of<N4_8_3Full>();
        Recording.Of<N4_8_3Tiled>();
        Recording.Of<N64_32_10Full>();
        Recording.Of<N64_32_10Tiled>();
        Recording.Of<N131_37_5Tiled>();
        Recording.Of<N33_47_12_11Full>();
        Recording.Of<N33_47_12_11Tiled>();
        Recording.Of<N20_10_65Tiled>();
        Recording.Of<N13_16_3Full>();
        Recording.Of<N9_130Full>();
        Recording.Of<N15_98_263_96_8>();
        Recording.Of<N47_22_203_21_12>();
        Recording.Of<N271_19_124_238_101_35>();
        Recording.Of<N16_44_31>();
        Recording.Of<N283_3_11_17_36_56_27>();
        Recording.Of<N13_6>();
        Recording.Of<N1_15>();
        Recording.Of<N2_204_28>();
        Recording.Of<N102_19>();
        Recording.Of<N171_210_4_10>();
    }
}
