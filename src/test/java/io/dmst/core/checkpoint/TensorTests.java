package io.dmst.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class TensorTests {

    @Test
    void valuesComeBackInEveryJavaType() {
        Tensor tensor = Tensor.of(new float[] {1.5f, -2, 0.1f}, 3);
        assertThat(tensor.toFloats()).containsExactly(1.5f, -2, 0.1f);
        assertThat(tensor.toDoubles()).containsExactly(1.5, -2, 0.1f);
        assertThat(Tensor.ofDoubles(new double[] {0.1}, 1).toFloats()).containsExactly(0.1f);
        assertThat(Tensor.ofLongs(new long[] {Long.MIN_VALUE, 7}, 2).toLongs())
                .containsExactly(Long.MIN_VALUE, 7);
        assertThat(Tensor.ofBytes(new byte[] {-1, 0, 127}, 3).toLongs())
                .containsExactly(255, 0, 127);
        assertThat(Tensor.ofBytes(new byte[] {-1}, 1).toFloats()).containsExactly(255f);
    }

    @Test
    void aScalarHasNoDimensionAndOneValue() {
        Tensor scalar = Tensor.of(new float[] {3});
        assertThat(scalar.shape()).isEmpty();
        assertThat(scalar.rank()).isZero();
        assertThat(scalar.size()).isOne();
        assertThat(scalar).hasToString("F32[]");
    }

    @Test
    void anEmptyDimensionMakesAnEmptyTensorHoweverLargeTheOthersAre() {
        Tensor empty = Tensor.ofDoubles(new double[0], 1 << 30, 0, 1 << 30, 1 << 30);
        assertThat(empty.size()).isZero();
        assertThat(empty.to(DType.BF16).byteSize()).isZero();
        assertThat(empty.toFloats()).isEmpty();
    }

    @Test
    void shapeAndValuesMustAgree() {
        assertThatThrownBy(() -> Tensor.of(new float[5], 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("F32[2, 3] needs 6 values");
        assertThatThrownBy(() -> Tensor.of(new float[1], -1, -1)).hasMessageContaining("negative");
        assertThatThrownBy(() -> Tensor.of(new float[0])).hasMessageContaining("1 values");
    }

    @Test
    void nothingOutsideChangesATensor() {
        float[] values = {1, 2};
        int[] shape = {2};
        byte[] raw = {1, 2};
        Tensor tensor = Tensor.of(values, shape);
        Tensor bytes = Tensor.ofBytes(raw, shape);
        values[0] = 9;
        shape[0] = 9;
        raw[0] = 9;
        tensor.toFloats()[1] = 9;
        tensor.dimensions()[0] = 9;
        assertThat(tensor).isEqualTo(Tensor.of(new float[] {1, 2}, 2));
        assertThat(bytes.toLongs()).containsExactly(1, 2);
        assertThatThrownBy(() -> tensor.bytes().putFloat(0, 9))
                .isInstanceOf(ReadOnlyBufferException.class);
        assertThatThrownBy(() -> tensor.shape().set(0, 9))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void bytesAreLittleEndian() {
        ByteBuffer bytes = Tensor.of(new float[] {1, -2}, 2).bytes();
        assertThat(bytes.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.get(3)).isEqualTo((byte) 0x3f);
        assertThat(bytes.asFloatBuffer().get(1)).isEqualTo(-2);
    }

    @Test
    void equalityIsBitwise() {
        Tensor one = Tensor.of(new float[] {Float.NaN, -0.0f}, 2);
        assertThat(one)
                .isEqualTo(Tensor.of(new float[] {Float.NaN, -0.0f}, 2))
                .hasSameHashCodeAs(Tensor.of(new float[] {Float.NaN, -0.0f}, 2))
                .isNotEqualTo(Tensor.of(new float[] {Float.NaN, 0.0f}, 2))
                .isNotEqualTo(Tensor.of(new float[] {Float.NaN, -0.0f}, 1, 2))
                .isNotEqualTo(one.to(DType.F64));
    }

    @Test
    void onlyIntegerTensorsGiveLongs() {
        assertThatThrownBy(() -> Tensor.of(new float[] {1}, 1).toLongs())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("F32[1] holds no integers");
    }
}
