package io.dmst.core.checkpoint;

/**
 * Conversions to and from narrow floating point, each rounded once, to nearest with ties to even.
 *
 * <p>Going from a double through a float would round twice. Rounding to odd on the way (an inexact
 * value takes the neighbour whose last bit is set) keeps what the second rounding must know: Boldo
 * and Melquiond, "Emulation of FMA and correctly rounded sums", IEEE Trans. Computers 2008.
 */
final class Rounding {

    private static final int QUIET_BIT = 0x40;

    private Rounding() {}

    /** The value of bfloat16 bits, exactly. */
    static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The bfloat16 bits nearest to a value. */
    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | QUIET_BIT);
        }
        int tieToEven = 0x7fff + (bits >>> 16 & 1);
        return (short) (bits + tieToEven >>> 16);
    }

    /** A float that rounds to any narrower type as the value itself would. */
    static float oddFloat(double value) {
        float nearest = (float) value;
        if (Double.isNaN(value) || nearest == value) {
            return nearest;
        }
        float towardsZero =
                Math.abs((double) nearest) > Math.abs(value)
                        ? Math.copySign(Math.nextDown(Math.abs(nearest)), nearest)
                        : nearest;
        return Float.intBitsToFloat(Float.floatToRawIntBits(towardsZero) | 1);
    }

    /** A double that rounds to any narrower type as the value itself would. */
    static double oddDouble(long value) {
        if (Math.abs((double) value) < 0x1p53) {
            return value;
        }
        long sticky = (value & 0x7ff) == 0 ? 0 : 1;
        return (value >> 11 | sticky) * 0x1p11;
    }

    /**
     * The integer nearest to a value.
     *
     * @throws IllegalArgumentException if it is not a number or lies outside the range
     */
    static long toInteger(double value, DType type) {
        double rounded = Math.rint(value);
        boolean fits =
                type == DType.U8
                        ? rounded >= 0 && rounded <= 255
                        : rounded >= -0x1p63 && rounded < 0x1p63;
        if (!fits) {
            throw new IllegalArgumentException(value + " has no place in " + type);
        }
        return (long) rounded;
    }
}
