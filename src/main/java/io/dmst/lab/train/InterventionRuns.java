package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.dmst.core.checkpoint.Attention;
import io.dmst.core.checkpoint.HeadType;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.Intervention;
import java.util.Locale;
import java.util.SplittableRandom;

/** The interventions that say whether a network's predictions depend on its memberships. */
enum InterventionRuns {
    /** Nothing is changed. */
    OWN,
    /**
     * Memberships are those of the next image of the batch: in the membership head alone, while the
     * tokens stay; of a network with class attention in every block.
     */
    OTHER_PICTURE,
    /** One fixed permutation of the tokens is applied to the memberships of every block. */
    SHUFFLED,
    /** The attention's output is zero in every block. */
    ATTENTION_OFF;

    private static final long SEED = 1;

    /** Whether a network has what is intervened on: softmax attention has no memberships. */
    boolean appliesTo(ModelConfig config) {
        return config.attention() != Attention.MHSA || this == OWN || this == ATTENTION_OFF;
    }

    /** What it is, for people. */
    String meaning() {
        return switch (this) {
            case OWN -> "with its own memberships";
            case OTHER_PICTURE -> "with the memberships of another picture";
            case SHUFFLED -> "with memberships shuffled over the tokens";
            case ATTENTION_OFF -> "with the attention of every block off";
        };
    }

    /** The word for it in files: {@code own}, {@code other_picture} and so on. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The intervention on a batch.
     *
     * @param scratch owns what it makes
     */
    Intervention<NDArray> in(NDManager scratch, ModelConfig config) {
        return switch (this) {
            case OWN -> Intervention.none();
            case OTHER_PICTURE -> otherPicture(config.head() == HeadType.MEMBERSHIP);
            case SHUFFLED -> shuffled(permutation(scratch, config.tokens()));
            case ATTENTION_OFF -> off();
        };
    }

    private static Intervention<NDArray> otherPicture(boolean inTheHead) {
        return new Intervention<>() {
            @Override
            public NDArray membership(int layer, NDArray Pi) {
                return inTheHead ? Pi : ofNext(Pi);
            }

            @Override
            public NDArray headMembership(NDArray Pi) {
                return inTheHead ? ofNext(Pi) : Pi;
            }
        };
    }

    private static NDArray ofNext(NDArray Pi) {
        return Pi.get(new NDIndex("1:")).concat(Pi.get(new NDIndex("0:1")), 0);
    }

    private static Intervention<NDArray> shuffled(NDArray order) {
        return new Intervention<>() {
            @Override
            public NDArray membership(int layer, NDArray Pi) {
                return order.matMul(Pi);
            }
        };
    }

    /** As a matrix {@code [1, N, N]} whose rows pick tokens. */
    private static NDArray permutation(NDManager scratch, int tokens) {
        int[] order = permutation(tokens);
        float[] rows = new float[tokens * tokens];
        for (int j = 0; j < tokens; j++) {
            rows[j * tokens + order[j]] = 1;
        }
        return scratch.create(rows, new Shape(1, tokens, tokens));
    }

    private static Intervention<NDArray> off() {
        return new Intervention<>() {
            @Override
            public NDArray attention(int layer, NDArray output) {
                return output.zerosLike();
            }
        };
    }

    /** A permutation that is always the same for a number of places. */
    static int[] permutation(int length) {
        SplittableRandom random = new SplittableRandom(SEED);
        int[] order = new int[length];
        for (int i = 0; i < length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
