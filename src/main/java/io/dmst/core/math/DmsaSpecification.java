package io.dmst.core.math;

/**
 * Decoupled membership–subspace attention: one gradient step on the variational coding rate, with a
 * membership learned from the input alone and sparse subspaces of one full space. Linear in the
 * number of tokens.
 *
 * <pre>
 * Y    = X S + b_S
 * Π    = softmax_k( X W_Π + b_Π )
 * s_ki = Σ_j Π_jk Y_ji² / (Σ_j Π_jk + 1e-8)
 * m²   = selection(s)
 * a_ki = m²_ki / (1 + m²_ki s_ki)
 * out  = − ((Π a) ∘ Y) W_O + b_O
 * </pre>
 *
 * <p>Π does not depend on S. With {@code W_O = Sᵀ}, no biases and Π and m held fixed, {@code out}
 * is −N times the gradient of R_c^var at ε² = d (S absorbs the factor d/ε²).
 *
 * <p>A rotation for the membership turns the copy of X that feeds Π; a rotation for the projection
 * turns Y before the moments and the gate, and the gated result is turned back.
 *
 * <p>Immutable and thread-safe. Source: the formulas are this project's derivation from the
 * abstract of arXiv 2601.17042 on top of arXiv 2412.17810.
 *
 * @param S full space with its bias b_S (d×d)
 * @param Pi layer that gives the membership (d×K)
 * @param O output layer (d×d)
 * @param selection of the sparse subspaces
 * @param membershipRotation of the tokens that feed Π, or {@link RotaryEncoding#none()}
 * @param projectionRotation of Y, or {@link RotaryEncoding#none()}
 */
public record DmsaSpecification(
        Linear S,
        Linear Pi,
        Linear O,
        Selection selection,
        RotaryEncoding membershipRotation,
        RotaryEncoding projectionRotation) {

    /** The operator without position encoding. */
    public DmsaSpecification(Linear S, Linear Pi, Linear O, Selection selection) {
        this(S, Pi, O, selection, RotaryEncoding.none(), RotaryEncoding.none());
    }

    /**
     * Gradients of ⟨cotangent, output⟩.
     *
     * @param X of the tokens (N×d)
     * @param S of the full space
     * @param Pi of the membership layer
     * @param O of the output layer
     * @param theta of the thresholds θ (1×K); zeros without them
     * @param mask of the mask M (K×d); zeros without it
     */
    public record Gradients(Matrix X, Linear S, Linear Pi, Linear O, Matrix theta, Matrix mask) {}

    /** The operator on one image's tokens {@code X} (N×d). */
    public GroupAttention forward(Matrix X) {
        Gate gate = gate(X);
        Matrix output = O.apply(projectionRotation.turnBack(gate.gated()).scaled(-1));
        return new GroupAttention(output, gate.Pi, gate.s, gate.m2);
    }

    /**
     * Vector-Jacobian product.
     *
     * @param X one image's tokens (N×d)
     * @param cotangent gradient with respect to the output (N×d)
     */
    public Gradients gradients(Matrix X, Matrix cotangent) {
        Gate gate = gate(X);
        Matrix gated = projectionRotation.turnBack(gate.gated()).scaled(-1);
        Matrix dGated = projectionRotation.turn(O.pullBack(cotangent)).scaled(-1);
        Gate.Gradients inner = gate.gradients(selection, dGated);

        Matrix turned = membershipRotation.turn(X);
        Matrix dLogits = Softmax.gradient(gate.Pi, inner.Pi);
        Matrix dY = projectionRotation.turnBack(inner.Y);
        Matrix dX = S.pullBack(dY).plus(membershipRotation.turnBack(Pi.pullBack(dLogits)));
        return new Gradients(
                dX,
                S.gradient(X, dY),
                Pi.gradient(turned, dLogits),
                O.gradient(gated, cotangent),
                inner.selection.theta(),
                inner.selection.mask());
    }

    private Gate gate(Matrix X) {
        Matrix Y = projectionRotation.turn(S.apply(X));
        return Gate.of(Y, Softmax.rows(Pi.apply(membershipRotation.turn(X))), selection);
    }

    /**
     * From projected tokens and membership to gated tokens.
     *
     * @param Y projected tokens (N×d)
     * @param Pi membership (N×K)
     * @param s second moments (K×d)
     * @param m2 selection (K×d)
     */
    record Gate(Matrix Y, Matrix Pi, Matrix s, Matrix m2) {
        private static final double MASS_GUARD = 1e-8;

        record Gradients(Matrix Y, Matrix Pi, Selection.Gradients selection) {}

        static Gate of(Matrix Y, Matrix Pi, Selection selection) {
            Matrix mass = Pi.columnSums();
            Matrix sums = Pi.transposeTimes(Y.squared());
            Matrix s =
                    Matrix.generate(
                            sums.rows(),
                            sums.cols(),
                            (k, i) -> sums.at(k, i) / (mass.at(0, k) + MASS_GUARD));
            return new Gate(Y, Pi, s, selection.of(s));
        }

        /** (Π a) ∘ Y. */
        Matrix gated() {
            return Pi.times(a()).hadamard(Y);
        }

        private Matrix a() {
            return m2.zip(s, (m, moment) -> m / (1 + m * moment));
        }

        Gradients gradients(Selection selection, Matrix cotangent) {
            Matrix a = a();
            Matrix dPiA = cotangent.hadamard(Y);
            Matrix da = Pi.transposeTimes(dPiA);
            Matrix dM2 = da.zip(m2.hadamard(s), (gradient, ms) -> gradient / ((1 + ms) * (1 + ms)));
            Selection.Gradients selected = selection.gradients(s, dM2);
            Matrix ds =
                    da.zip(a, (gradient, rate) -> -rate * rate * gradient)
                            .plus(selected.secondMoments());

            Matrix mass = Pi.columnSums();
            Matrix dSums =
                    Matrix.generate(
                            s.rows(),
                            s.cols(),
                            (k, i) -> ds.at(k, i) / (mass.at(0, k) + MASS_GUARD));
            Matrix dMass = dSums.hadamard(s).times(Matrix.filled(s.cols(), 1, -1));
            Matrix dPi = dPiA.timesTranspose(a).plus(Y.squared().timesTranspose(dSums));
            Matrix dY = cotangent.hadamard(Pi.times(a)).plus(Pi.times(dSums).hadamard(Y).scaled(2));
            return new Gradients(
                    dY,
                    Matrix.generate(
                            dPi.rows(), dPi.cols(), (j, k) -> dPi.at(j, k) + dMass.at(k, 0)),
                    selected);
        }
    }
}
