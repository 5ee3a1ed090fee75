package io.dmst.core.explain;

import java.util.Arrays;

/**
 * R and R_c of one layer's unit tokens: the numbers of {@link io.dmst.core.math.CodingRate}, which
 * is the specification, to 1e-9 of themselves, six to twenty times as fast.
 *
 * <pre>
 * R     = ½ logdet( I + a Z Zᵀ ),                               a   = d/(N ε²)
 * R_c   = Σ_k N_k/(2N) logdet( I + a_k Diag(√π_k) Z Zᵀ Diag(√π_k) ),   a_k = d/(N_k ε²)
 * </pre>
 *
 * <p>With many tokens the matrices are taken over the axes instead, of the same determinant. Gram
 * matrices and factors are symmetric: only the upper triangle is ever held right. Loops run along
 * rows and take four of them at a time, which is what the JIT compiler turns into vector
 * instructions; a sum along a row it does not. So tokens are not scaled to unit norm first: their
 * squared norms are the diagonal of their Gram matrix, and scale the weights.
 *
 * <p>Not thread-safe: the determinants share one scratch matrix.
 */
final class ExactRates {

    /** A product of pivots is turned into a logarithm once it is over this. */
    private static final double LARGE = 1e150;

    private static final int TOGETHER = 16;

    private static final double[] ONES = {1, 1, 1, 1};

    private final int n;
    private final int d;
    private final double eps2;
    private final boolean overTokens;

    /** X Xᵀ of the tokens as they are where it is shared, else X itself. */
    private final double[][] gramOrTokens;

    /** One over the norm of every token; 0 for a token of zeros. */
    private final double[] scale;

    private final double[][] scratch;

    /**
     * @param tokens {@code [N, d]}, of any norm
     * @param groups K that a compression will be asked for; it only decides how to compute
     */
    ExactRates(float[] tokens, int d, int groups, double eps2) {
        this.n = tokens.length / d;
        this.d = d;
        this.eps2 = eps2;
        this.overTokens = cheaperOverTokens(groups);
        if (overTokens) {
            this.gramOrTokens = new double[n][n];
            addChannels(tokens, d, gramOrTokens);
        } else {
            this.gramOrTokens = rows(tokens, n, d);
        }
        this.scale = new double[n];
        for (int j = 0; j < n; j++) {
            double square = overTokens ? gramOrTokens[j][j] : squared(gramOrTokens[j]);
            scale[j] = square == 0 ? 0 : 1 / Math.sqrt(square);
        }
        this.scratch = overTokens ? new double[n][n] : new double[d][d];
    }

    /**
     * Multiplications: one Gram matrix serves every group over tokens, none is shared over axes.
     */
    private boolean cheaperOverTokens(int groups) {
        double tokens = n;
        double axes = d;
        double determinants = groups + 1;
        return tokens * tokens * axes / 2 + determinants * tokens * tokens * tokens / 6
                <= determinants * (axes * axes * tokens / 2 + axes * axes * axes / 6);
    }

    /** R. */
    double rate() {
        double root = Math.sqrt(d / (n * eps2));
        double[] weights = new double[n];
        for (int j = 0; j < n; j++) {
            weights[j] = root * scale[j];
        }
        return 0.5 * logDeterminant(weights);
    }

    /**
     * R_c.
     *
     * @param Pi memberships {@code [N, K]}, none negative
     */
    double compression(float[] Pi, int groups) {
        double sum = 0;
        double[] weights = new double[n];
        for (int k = 0; k < groups; k++) {
            double mass = 0;
            for (int j = 0; j < n; j++) {
                mass += Pi[j * groups + k];
            }
            if (mass > 0) {
                double a = d / (mass * eps2);
                for (int j = 0; j < n; j++) {
                    weights[j] = scale[j] * Math.sqrt(a * Pi[j * groups + k]);
                }
                sum += mass * 0.5 * logDeterminant(weights);
            }
        }
        return sum / n;
    }

    /** {@code logdet( I + Diag(w) X Xᵀ Diag(w) )}, over tokens or over axes. */
    private double logDeterminant(double[] w) {
        if (overTokens) {
            for (int i = 0; i < n; i++) {
                weigh(scratch[i], gramOrTokens[i], w, i);
            }
        } else {
            double[][] weighted = new double[n][d];
            for (int j = 0; j < n; j++) {
                for (int i = 0; i < d; i++) {
                    weighted[j][i] = w[j] * gramOrTokens[j][i];
                }
            }
            for (double[] row : scratch) {
                Arrays.fill(row, 0);
            }
            addOuterProducts(weighted, scratch);
        }
        for (int i = 0; i < scratch.length; i++) {
            scratch[i][i] += 1;
        }
        return logDeterminantOf(scratch);
    }

    private static void weigh(double[] out, double[] row, double[] w, int i) {
        double factor = w[i];
        for (int c = i; c < out.length; c++) {
            out[c] = factor * w[c] * row[c];
        }
    }

    /** {@code A += X Xᵀ}, a few channels of all tokens at a time: they stay in the cache. */
    private static void addChannels(float[] tokens, int d, double[][] A) {
        for (int first = 0; first < d; first += TOGETHER) {
            double[][] channels = new double[Math.min(TOGETHER, d - first)][A.length];
            for (int l = 0; l < channels.length; l++) {
                copyChannel(tokens, d, first + l, channels[l]);
            }
            addOuterProducts(channels, A);
        }
    }

    private static void copyChannel(float[] tokens, int d, int i, double[] channel) {
        int at = i;
        for (int j = 0; j < channel.length; j++) {
            channel[j] = tokens[at];
            at += d;
        }
    }

    /** {@code A += Σ_l x_l x_lᵀ}. */
    private static void addOuterProducts(double[][] x, double[][] A) {
        int l = 0;
        for (; l + 3 < x.length; l += 4) {
            for (int i = 0; i < A.length; i++) {
                addFour(A[i], x, l, i, ONES);
            }
        }
        for (; l < x.length; l++) {
            for (int i = 0; i < A.length; i++) {
                add(A[i], x[l][i], x[l], i);
            }
        }
    }

    /** {@code log det A} of a positive definite matrix by elimination in fours; destroys it. */
    private static double logDeterminantOf(double[][] A) {
        int size = A.length;
        double sum = 0;
        double product = 1;
        double[] factors = new double[4];
        for (int p = 0; p < size; p += 4) {
            int width = Math.min(4, size - p);
            for (int q = 0; q < width; q++) {
                for (int s = 0; s < q; s++) {
                    add(A[p + q], A[p + s][p + q] * factors[s], A[p + s], p + q);
                }
                double pivot = positive(A[p + q][p + q]);
                factors[q] = -1 / pivot;
                product *= pivot;
                if (product > LARGE) {
                    sum += Math.log(product);
                    product = 1;
                }
            }
            for (int i = p + 4; i < size; i++) {
                addFour(A[i], A, p, i, factors);
            }
        }
        return sum + Math.log(product);
    }

    private static double positive(double pivot) {
        if (!(pivot > 0 && pivot < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "expected finite tokens, got a Gram matrix with pivot " + pivot);
        }
        return pivot;
    }

    /** {@code row += Σ_q f_q x_q,i x_q} of the four from the first, from column i on. */
    private static void addFour(double[] row, double[][] x, int first, int i, double[] f) {
        double[] x0 = x[first];
        double[] x1 = x[first + 1];
        double[] x2 = x[first + 2];
        double[] x3 = x[first + 3];
        double f0 = f[0] * x0[i];
        double f1 = f[1] * x1[i];
        double f2 = f[2] * x2[i];
        double f3 = f[3] * x3[i];
        for (int c = i; c < row.length; c++) {
            row[c] =
                    Math.fma(
                            f0,
                            x0[c],
                            Math.fma(f1, x1[c], Math.fma(f2, x2[c], Math.fma(f3, x3[c], row[c]))));
        }
    }

    private static void add(double[] row, double factor, double[] x, int from) {
        for (int c = from; c < row.length; c++) {
            row[c] = Math.fma(factor, x[c], row[c]);
        }
    }

    private static double squared(double[] row) {
        double sum = 0;
        for (double value : row) {
            sum += value * value;
        }
        return sum;
    }

    /** X, token after token. */
    private static double[][] rows(float[] tokens, int n, int d) {
        double[][] X = new double[n][d];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < d; i++) {
                X[j][i] = tokens[j * d + i];
            }
        }
        return X;
    }
}
