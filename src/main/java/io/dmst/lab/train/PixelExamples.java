package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dmst.core.model.Network;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import io.dmst.lab.train.data.RowSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Images whose features are computed when they are asked for.
 *
 * @param network whose stem computes them
 * @param pixels as the service sees them
 */
record PixelExamples(Network network, RowSource pixels) implements Examples {

    @Override
    public int size() {
        return pixels.size();
    }

    @Override
    public int label(int image) {
        return pixels.label(image);
    }

    @Override
    public List<NDArray> features(NDManager scratch, DjlParameters parameters, int... chosen)
            throws IOException {
        List<ExampleRows.Choice> choices =
                Arrays.stream(chosen).mapToObj(i -> new ExampleRows.Choice(pixels, i, 0)).toList();
        DjlOps ops = new DjlOps(scratch);
        NDArray input = network.normalise(ops, ExampleRows.of(scratch, choices));
        return network.features(ops, parameters.in(scratch), input);
    }
}
