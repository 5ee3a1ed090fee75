package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.Probe;
import io.dmst.core.model.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up the statistics of every layer that has a membership, image by image. */
final class LayerSums implements Trace<NDArray> {

    private final ModelConfig config;
    private final Map<String, float[]> probes = new LinkedHashMap<>();
    private final List<LayerMeasures> sums = new ArrayList<>();
    private int images;

    LayerSums(ModelConfig config) {
        this.config = config;
    }

    @Override
    public void record(Probe probe, int layer, NDArray value) {
        if (probe == Probe.MEMBERSHIP || probe == Probe.SECOND_MOMENT || probe == Probe.SELECTION) {
            probes.put(probe.in(layer), value.toFloatArray());
        }
    }

    /** Takes in the probes of one batch. */
    void settle() {
        int perImage = config.tokens() * config.numHeads();
        int batch = 0;
        for (int layer = 0; probes.containsKey(Probe.MEMBERSHIP.in(layer)); layer++) {
            batch = probe(Probe.MEMBERSHIP, layer).length / perImage;
            for (int image = 0; image < batch; image++) {
                add(layer, statistics(layer, image, batch));
            }
        }
        images += batch;
        probes.clear();
    }

    private float[] probe(Probe probe, int layer) {
        float[] values = probes.get(probe.in(layer));
        return values == null ? new float[0] : values;
    }

    private LayerMeasures statistics(int layer, int image, int batch) {
        float[] moments = row(probe(Probe.SECOND_MOMENT, layer), image, batch);
        float[] selection = row(probe(Probe.SELECTION, layer), image, batch);
        if (selection.length == 0) {
            selection = new float[moments.length];
            Arrays.fill(selection, 1);
        }
        float[] membership = row(probe(Probe.MEMBERSHIP, layer), image, batch);
        return LayerMeasures.of(config, membership, moments, selection);
    }

    private static float[] row(float[] values, int image, int batch) {
        int length = values.length / batch;
        return Arrays.copyOfRange(values, image * length, (image + 1) * length);
    }

    private void add(int layer, LayerMeasures statistics) {
        if (layer < sums.size()) {
            sums.set(layer, sums.get(layer).plus(statistics));
        } else {
            sums.add(statistics);
        }
    }

    List<LayerMeasures> means() {
        return sums.stream().map(sum -> sum.over(images)).toList();
    }
}
