package io.dmst.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundingTests {

    private static final int INFINITY_F16 = 0x7c00;
    private static final int INFINITY_BF16 = 0x7f80;

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void everyBitPatternSurvivesTheWayThroughFloatAndDouble(DType narrow) {
        byte[] raw = new byte[2 << 16];
        for (int bits = 0; bits < 1 << 16; bits++) {
            raw[2 * bits] = (byte) bits;
            raw[2 * bits + 1] = (byte) (bits >> 8);
        }
        Tensor all = Tensor.ofRaw(narrow, raw, 1 << 16);
        int infinity = narrow == DType.F16 ? INFINITY_F16 : INFINITY_BF16;
        for (DType wide : new DType[] {DType.F32, DType.F64}) {
            Tensor back = all.to(wide).to(narrow);
            for (int bits = 0; bits < 1 << 16; bits++) {
                int got = Short.toUnsignedInt(back.bytes().getShort(2 * bits));
                if ((bits & 0x7fff) > infinity) {
                    assertThat(got & 0x7fff).as("NaN %x", bits).isGreaterThan(infinity);
                } else {
                    assertThat(got).isEqualTo(bits);
                }
            }
        }
    }

    @Test
    void halfPrecisionHasTheValuesOfTheStandard() {
        assertThat(value(DType.F16, 0x0001)).isEqualTo(0x1p-24);
        assertThat(value(DType.F16, 0x03ff)).isEqualTo(0x1p-14 - 0x1p-24);
        assertThat(value(DType.F16, 0x7bff)).isEqualTo(65504);
        assertThat(value(DType.F16, 0xfc00)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(value(DType.F16, 0x7e00)).isNaN();
        assertThat(value(DType.BF16, 0x0001)).isEqualTo(0x1p-133);
        assertThat(value(DType.BF16, 0x3f81)).isEqualTo(1 + 0x1p-7);
        assertThat(value(DType.BF16, 0x7f80)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(bits(DType.F16, 65519.999)).isEqualTo(0x7bff);
        assertThat(bits(DType.F16, 65520)).isEqualTo(INFINITY_F16);
        assertThat(bits(DType.F16, 0x1p-25)).isZero();
        assertThat(bits(DType.F16, Math.nextUp(0x1p-25))).isOne();
        assertThat(bits(DType.BF16, Double.MAX_VALUE)).isEqualTo(INFINITY_BF16);
        assertThat(bits(DType.BF16, -0.0)).isEqualTo(0x8000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aDoubleIsRoundedOnceToTheNearestWithTiesToEven(long seed) {
        for (DType narrow : new DType[] {DType.F16, DType.BF16}) {
            traps(narrow, new Random(seed)).forEach(value -> assertNearest(narrow, value));
        }
    }

    @Test
    void aLongIsRoundedOnce() {
        long aboveTie = (1L << 62) + (1L << 54) + 1;
        assertThat(Tensor.ofLongs(new long[] {aboveTie, -aboveTie}, 2).to(DType.BF16).toDoubles())
                .containsExactly(0x1p62 + 0x1p55, -0x1p62 - 0x1p55);
        assertThat(Tensor.ofLongs(new long[] {aboveTie - 1}, 1).to(DType.BF16).toDoubles())
                .containsExactly(0x1p62);
        long aboveFloatTie = (1L << 60) + (1L << 36) + 1;
        assertThat(Tensor.ofLongs(new long[] {aboveFloatTie}, 1).toFloats())
                .containsExactly(0x1p60f + 0x1p37f);
    }

    @Test
    void integersAreRoundedAndMustFit() {
        Tensor values = Tensor.ofDoubles(new double[] {0.5, 1.5, 254.5, -0.4}, 4);
        assertThat(values.to(DType.U8).toLongs()).containsExactly(0, 2, 254, 0);
        assertThat(values.to(DType.I64).toLongs()).containsExactly(0, 2, 254, 0);
        assertThat(Tensor.ofLongs(new long[] {Long.MAX_VALUE}, 1).to(DType.I64).toLongs())
                .containsExactly(Long.MAX_VALUE);
        for (double wrong : new double[] {Double.NaN, 256, -1, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Tensor.ofDoubles(new double[] {wrong}, 1).to(DType.U8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("U8");
        }
        assertThatThrownBy(() -> Tensor.ofDoubles(new double[] {0x1p63}, 1).to(DType.I64))
                .hasMessageContaining("I64");
    }

    /** Values, midpoints between neighbours and the doubles just beside those. */
    private static DoubleStream traps(DType narrow, Random random) {
        int infinity = narrow == DType.F16 ? INFINITY_F16 : INFINITY_BF16;
        return IntStream.range(0, 3000)
                .boxed()
                .flatMapToDouble(i -> {
                    int bits = random.nextInt(infinity - 1);
                    double low = value(narrow, bits);
                    double middle = (low + value(narrow, bits + 1)) / 2;
                    double sign = random.nextBoolean() ? 1 : -1;
                    return DoubleStream.of(
                                    middle,
                                    Math.nextUp(middle),
                                    Math.nextDown(middle),
                                    low + (middle - low) * random.nextDouble())
                            .map(v -> sign * v);
                });
    }

    private static void assertNearest(DType narrow, double value) {
        int magnitude = bits(narrow, value) & 0x7fff;
        BigDecimal error = error(narrow, magnitude, value);
        for (int neighbour : new int[] {magnitude - 1, magnitude + 1}) {
            boolean finite =
                    neighbour >= 0
                            && neighbour < (narrow == DType.F16 ? INFINITY_F16 : INFINITY_BF16);
            if (finite) {
                int closer = error.compareTo(error(narrow, neighbour, value));
                assertThat(closer).as("%s to %s", value, narrow).isLessThanOrEqualTo(0);
                assertThat(closer == 0 && (magnitude & 1) == 1).as("tie of %s", value).isFalse();
            }
        }
    }

    private static BigDecimal error(DType narrow, int magnitude, double value) {
        return new BigDecimal(value(narrow, magnitude))
                .subtract(new BigDecimal(Math.abs(value)))
                .abs();
    }

    private static double value(DType narrow, int bits) {

        byte high = (byte) (bits >> 8);
        return Tensor.ofRaw(narrow, new byte[] {(byte) bits, high}).toDoubles()[0];
    }

    private static int bits(DType narrow, double value) {
        Tensor tensor = Tensor.ofDoubles(new double[] {value}).to(narrow);
        return Short.toUnsignedInt(tensor.bytes().getShort(0));
    }
}
