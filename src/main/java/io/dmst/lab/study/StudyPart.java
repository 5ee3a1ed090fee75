package io.dmst.lab.study;

import java.util.List;

/**
 * A comparison of arms with the same seeds.
 *
 * @param name of the part
 * @param data name of the data set
 * @param options of {@code dmst train}, the same for all arms
 * @param seeds that the arms are paired by
 * @param rates name of the search whose learning rates it takes
 */
record StudyPart(String name, String data, List<String> options, List<Long> seeds, String rates) {

    StudyPart {
        options = List.copyOf(options);
        seeds = List.copyOf(seeds);
    }
}
