package io.dmst.core.engine;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Computes batches; owns whatever native memory that takes. Safe for use by several threads. */
public interface Engine extends AutoCloseable {

    /** Output {@code [classes]}. */
    String LOGITS = "logits";

    /** Output {@code [classes]}, summing to one. */
    String PROBABILITIES = "probabilities";

    /** Names of the intermediates that can be asked for. */
    Set<String> probes();

    /**
     * Computes one batch.
     *
     * @param pixels one {@code [height][width][3]} array of unsigned bytes per image, at least one
     * @param probes wanted besides the logits and probabilities
     * @return the outputs of each image by name, in the order of the images; the {@link
     *     io.dmst.core.model.Statistic}s are among them where attention has a membership
     * @throws IllegalStateException if the engine fails
     */
    List<Map<String, ProbeValues>> run(List<byte[]> pixels, Set<String> probes);

    @Override
    void close();
}
