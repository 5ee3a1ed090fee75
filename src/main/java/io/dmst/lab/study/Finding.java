package io.dmst.lab.study;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * What the results say about a claim. With a sample of n values, of the claim's bound and for "more
 * than" (the mirror image for "less than"):
 *
 * <pre>
 * holds            the 95 % interval lies above the bound, and where n ≥ 6 the sign-flip test has p ≤ 0.05
 * does not hold    the interval lies below the bound, or the arms are equivalent (TOST, p ≤ 0.05)
 * cannot be told   anything else; also as long as a run of the part is still to be made
 * </pre>
 *
 * <p>With fewer than six pairs no flip of signs can reach p ≤ 0.05, so the interval decides alone.
 * Bytes are counted, not sampled: one ratio is compared with the bound.
 *
 * @param judgement by the rule
 * @param test of the sample; absent where there are fewer than two values
 * @param single the value of a sample of one
 * @param note what a reader must know besides
 */
record Finding(
        Judgement judgement, Optional<PairedTest> test, Optional<Double> single, String note) {

    private static final double LEVEL = 0.05;

    /** The least number of pairs of which all 2ⁿ flips can show p ≤ 0.05. */
    private static final int ENOUGH_FLIPS = 6;

    /** The three answers. */
    enum Judgement {
        HOLDS("holds"),
        FAILS("does not hold"),
        OPEN("cannot be told here");

        private final String words;

        Judgement(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** Of a claim. */
    static Finding of(Claim claim, StudyResults results) {
        return claim.isCost() ? ofCost(claim, results) : ofPart(claim, results);
    }

    private static Finding ofPart(Claim claim, StudyResults results) {
        StudyPart part = results.plan().part(claim.scope());
        String other = claim.against();
        double[] sample =
                other == null
                        ? results.values(part, claim.arm(), claim.measure())
                        : results.differences(part, claim.arm(), other, claim.measure());
        String seeds = "%d of %d seeds".formatted(sample.length, part.seeds().size());
        if (sample.length < 2) {
            return new Finding(Judgement.OPEN, Optional.empty(), Optional.empty(), seeds);
        }
        PairedTest test = PairedTest.of(sample, claim.bound());
        boolean settled = results.isSettled(part);
        return new Finding(
                settled ? judge(claim, test) : Judgement.OPEN,
                Optional.of(test),
                Optional.empty(),
                settled ? seeds : seeds + ", not finished");
    }

    /** By the rule. */
    static Judgement judge(Claim claim, PairedTest test) {
        boolean beyond = claim.more() ? test.low() > claim.bound() : test.high() < claim.bound();
        boolean outside = claim.more() ? test.high() < claim.bound() : test.low() > claim.bound();
        if (beyond && (test.n() < ENOUGH_FLIPS || test.flips() <= LEVEL)) {
            return Judgement.HOLDS;
        }
        boolean equal =
                claim.equivalence().isPresent()
                        && test.equivalence(claim.equivalence().getAsDouble()) <= LEVEL;
        return outside || equal ? Judgement.FAILS : Judgement.OPEN;
    }

    private static Finding ofCost(Claim claim, StudyResults results) {
        String other = claim.against() == null ? claim.arm() : claim.against();
        boolean bytes = claim.measure().endsWith("bytes");
        String what = bytes ? CostMeasure.MEMORY : CostMeasure.TIME;
        int tokens = Integer.parseInt(claim.scope());
        Optional<JsonNode> one = results.cost(what, claim.arm(), tokens);
        Optional<JsonNode> two = results.cost(what, other, tokens);
        if (one.isEmpty() || two.isEmpty()) {
            return new Finding(Judgement.OPEN, Optional.empty(), Optional.empty(), "not measured");
        }
        if (bytes) {
            double ratio = one.get().path("kept").asDouble() / two.get().path("kept").asDouble();
            boolean holds = claim.more() ? ratio > claim.bound() : ratio < claim.bound();
            return new Finding(
                    holds ? Judgement.HOLDS : Judgement.FAILS,
                    Optional.empty(),
                    Optional.of(ratio),
                    "counted, not sampled");
        }
        double[] ratios = ratios(one.get(), two.get());
        PairedTest test = PairedTest.of(ratios, claim.bound());
        return new Finding(
                judge(claim, test), Optional.of(test), Optional.empty(), ratios.length + " rounds");
    }

    private static double[] ratios(JsonNode one, JsonNode two) {
        List<Double> a = StudyMeasure.numbers(one.path("nanoseconds"));
        List<Double> b = StudyMeasure.numbers(two.path("nanoseconds"));
        return IntStream.range(0, Math.min(a.size(), b.size()))
                .mapToDouble(i -> a.get(i) / b.get(i))
                .toArray();
    }
}
