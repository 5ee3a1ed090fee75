package io.dmst.lab.study;

import java.util.List;

/**
 * What is measured of the arms' cost.
 *
 * @param options of {@code dmst train} that the network follows from
 * @param tokens of an image, squares of whole numbers, ascending
 * @param rounds that every arm is timed in, one after the other
 */
record CostPlan(List<String> options, List<Integer> tokens, int rounds) {

    CostPlan {
        options = List.copyOf(options);
        tokens = List.copyOf(tokens);
    }
}
