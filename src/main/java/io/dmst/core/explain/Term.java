package io.dmst.core.explain;

/** Every word of an explanation with its meaning: JSON keys and arrays are named by it. */
public enum Term {
    GRID("grid", "rows and columns of tokens on the image; maps list tokens row after row"),
    GROUPS("groups", "number K of groups of the model"),
    SHOWN_GROUPS("shown_groups", "the groups that the maps are of, in their order"),
    EPSILON_SQUARED("epsilon_squared", "allowed squared error per token of all rates"),
    UNIT("unit", "of rates and entropies: natural logarithms"),
    LAYERS("layers", "one entry per block that was asked for"),
    LAYER("layer", "number of the block, from 0"),
    MEMBERSHIP(
            "membership",
            "share of a token that each group takes, a map per group; a token's shares sum to 1 over"
                    + " all groups; it is class-agnostic: no class has a part in it"),
    TOKEN_ENTROPY(
            "token_entropy",
            "entropy of each token's membership in nats; 0 for one group alone, ln K where none is"
                    + " preferred"),
    ENTROPY("entropy", "mean of token_entropy"),
    USAGE("usage", "share of the tokens that each group takes; sums to 1 over all groups"),
    AXES(
            "axes",
            "for each group, the axes that its subspace keeps, counted from 0; under TSSA its own"
                    + " block by construction"),
    SPARSITY("sparsity", "for each group, the share of axes that its subspace drops exactly"),
    RATE(
            "R",
            "coding rate of the layer's tokens, each scaled to unit norm: nats to code them up to"
                    + " epsilon_squared"),
    COMPRESSION(
            "R_c",
            "coding rate of the same unit tokens when each group is coded apart; at most R, and R −"
                    + " R_c is the rate reduction"),
    VARIATIONAL(
            "R_c_variational",
            "compression that the attention descends on, from the second moments of its projected"
                    + " tokens scaled to a mean squared norm of 1, on each group's subspace; another"
                    + " tensor than that of R_c"),
    BOUND("bound", "largest possible R of unit tokens in d channels, ½ d ln(1 + 1/ε²)"),
    CLASS_ATTENTION(
            "class_attention",
            "per class-attention block: how much the class token looks at each token, the mean over"
                    + " heads; sums to 1 with class_token"),
    MAP("map", "value of each token"),
    CLASS_TOKEN("class_token", "what the class token keeps of its attention for itself"),
    CLASS_VIEW(
            "class_view",
            "membership × class attention of the last class-attention block: the class token's view"
                    + " of each group; it is about the prediction as a whole, not about one class"),
    CLASS_SHARE(
            "class_share",
            "share of each group in what the class token sees of the tokens; sums to 1 over all"
                    + " groups"),
    CONTRIBUTION_CLASS(
            "contribution_class",
            "the class whose logit the contributions sum to: the predicted one, or the one that was"
                    + " asked for"),
    CONTRIBUTION(
            "contribution",
            "what each token adds to that logit through each group, a map per group: (K/N) × how the"
                    + " token's membership differs × the group's response to the token; the sum over"
                    + " all tokens and groups is exact, but how it is split is a convention, because"
                    + " the differences sum to zero: it is by definition this formula as it stands"),
    CONTRIBUTION_MAP(
            "contribution_map", "sum of contribution over all groups, a value for each token"),
    CONTRIBUTION_GROUPS(
            "contribution_groups", "for each group, sum of contribution over all tokens"),
    CONTRIBUTION_BIAS(
            "contribution_bias",
            "what the class's logit has without any token; with the sum of contribution_map, or of"
                    + " contribution_groups, it is the logit"),
    MEANING("meaning", "what each of these words means");

    private final String word;
    private final String meaning;

    Term(String word, String meaning) {
        this.word = word;
        this.meaning = meaning;
    }

    /** The word for it. */
    public String word() {
        return word;
    }

    /** What it is, in one line. */
    public String meaning() {
        return meaning;
    }
}
