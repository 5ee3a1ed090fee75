package io.dmst.core.math;

/**
 * Two-dimensional axial rotary position encoding of the d channels of tokens on a grid.
 *
 * <p>Tokens are in row-major order: token {@code j} stands in row {@code j / width} and column
 * {@code j % width}, both from 0. Channels turn in pairs (2i, 2i+1), each pair as the plane vector
 * (x, y) ↦ (x cos α − y sin α, x sin α + y cos α). The first d/2 channels turn with the row, the
 * last d/2 with the column; within such a half of h = d/2 channels, pair i = 0 … h/2 − 1 turns by α
 * = position · 100^(−2i/h) radians. So the angle of a token is linear in its position, and inner
 * products of turned tokens depend on differences of positions alone.
 *
 * <p>Immutable and thread-safe. Source: the layout is this project's choice; arXiv 2601.17042 names
 * rotary encoding and gives no layout in its abstract. Base 100 suits grids of up to some tens of
 * tokens a side.
 */
public final class RotaryEncoding {

    private static final double BASE = 100;
    private static final RotaryEncoding NONE = new RotaryEncoding(0, 0, 0);

    private final int height;
    private final int width;
    private final int channels;

    private RotaryEncoding(int height, int width, int channels) {
        this.height = height;
        this.width = width;
        this.channels = channels;
    }

    /**
     * The encoding of a grid.
     *
     * @param height rows of the grid, at least 1
     * @param width columns of the grid, at least 1
     * @param channels d, a positive multiple of 4
     */
    public static RotaryEncoding of(int height, int width, int channels) {
        if (height < 1 || width < 1 || channels < 4 || channels % 4 != 0) {
            throw new IllegalArgumentException(
                    "expected a grid of at least 1×1 and channels in multiples of 4, got %d×%d, %d"
                            .formatted(height, width, channels));
        }
        return new RotaryEncoding(height, width, channels);
    }

    /** Turns nothing, whatever the number of tokens and channels. */
    public static RotaryEncoding none() {
        return NONE;
    }

    /** The angle in radians by which a channel of a token turns, both counted from 0. */
    public double angle(int token, int channel) {
        if (channels == 0) {
            return 0;
        }
        int half = channels / 2;
        int position = channel < half ? token / width : token % width;
        int pair = channel % half / 2;
        return position * Math.pow(BASE, -2.0 * pair / half);
    }

    /** Tokens (N×d) turned by their angles. */
    public Matrix turn(Matrix tokens) {
        return turned(tokens, 1);
    }

    /** Tokens (N×d) turned back: inverse and transpose of {@link #turn}. */
    public Matrix turnBack(Matrix tokens) {
        return turned(tokens, -1);
    }

    private Matrix turned(Matrix tokens, int direction) {
        if (channels == 0) {
            return tokens;
        }
        if (tokens.rows() != height * width || tokens.cols() != channels) {
            throw new IllegalArgumentException(
                    "expected tokens of a %d×%d grid with %d channels, got %s"
                            .formatted(height, width, channels, tokens));
        }
        return Matrix.generate(
                tokens.rows(),
                channels,
                (j, i) -> {
                    double alpha = direction * angle(j, i);
                    double partner = i % 2 == 0 ? -tokens.at(j, i + 1) : tokens.at(j, i - 1);
                    return tokens.at(j, i) * Math.cos(alpha) + partner * Math.sin(alpha);
                });
    }
}
