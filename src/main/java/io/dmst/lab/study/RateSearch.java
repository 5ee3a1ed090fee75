package io.dmst.lab.study;

import java.util.List;

/**
 * A choice of the learning rate on validation images, for every arm on its own: each rate is tried
 * once, with a seed that no comparison uses. The rate with the largest validation accuracy is
 * taken, of equal ones the smaller.
 *
 * @param name of the search
 * @param data name of the data set
 * @param options of {@code dmst train}
 * @param seed of all its runs
 * @param rates to try, ascending
 */
record RateSearch(String name, String data, List<String> options, long seed, List<String> rates) {

    RateSearch {
        options = List.copyOf(options);
        rates = List.copyOf(rates);
    }
}
