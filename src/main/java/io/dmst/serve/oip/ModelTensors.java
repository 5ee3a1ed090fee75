package io.dmst.serve.oip;

import io.dmst.core.model.Contributions;
import io.dmst.core.model.Network;
import io.dmst.core.model.Statistic;
import io.dmst.serve.predict.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The inputs and outputs of a model.
 *
 * <p>Explanations are answered where they are asked for by name, typicality where the model has a
 * reference. Beside the listed outputs, each probe of the network is one under its own name, such
 * as {@code membership.0}.
 */
public final class ModelTensors {

    /** Encoded files. */
    public static final String IMAGE = "image";

    /** The model's own input: RGB, row-major. */
    public static final String PIXELS = "pixels";

    private static final long ANY = -1;

    private final TensorSpec image;
    private final TensorSpec pixels;
    private final List<Output> outputs = new ArrayList<>();
    private final List<String> probes;

    private ModelTensors(ServedModel model) {
        image = new TensorSpec(IMAGE, Datatype.BYTES, List.of(ANY));
        pixels =
                new TensorSpec(
                        PIXELS,
                        Datatype.UINT8,
                        List.of(ANY, (long) model.imageHeight(), (long) model.imageWidth(), 3L));
        outputs.add(Output.probabilities(model));
        outputs.add(Output.logits(model));
        if (model.hasMemberships()) {
            outputs.add(new MembershipOutput(model.config()));
            for (Statistic statistic : Statistic.values()) {
                outputs.add(new StatisticOutput(statistic, model.config()));
            }
        }
        Contributions contributions = model.contributions();
        if (contributions != null) {
            for (ContributionOutput.Part part : ContributionOutput.Part.values()) {
                outputs.add(new ContributionOutput(part, model.config(), contributions, null));
            }
        }
        if (model.hasReference()) {
            outputs.add(new TypicalityOutput());
        }
        probes = new Network(model.config()).probes();
    }

    public static ModelTensors of(ServedModel model) {
        return new ModelTensors(model);
    }

    /** Of which a request gives one. */
    public List<TensorSpec> inputs() {
        return List.of(image, pixels);
    }

    TensorSpec image() {
        return image;
    }

    TensorSpec pixels() {
        return pixels;
    }

    /** With -1 for the batch. */
    public List<TensorSpec> outputs() {
        return outputs.stream().map(Output::spec).toList();
    }

    /** What a request that names none is answered with. */
    List<Output> usual() {
        return outputs.stream().filter(Output::usual).toList();
    }

    /** An output by its name; probes too. */
    Optional<Output> output(String name) {
        return outputs.stream()
                .filter(output -> output.spec().name().equals(name))
                .findFirst()
                .or(() ->
                        probes.contains(name)
                                ? Optional.of(new ProbeOutput(name))
                                : Optional.empty());
    }

    /** What there is, for those who asked for something else. */
    String listed() {
        return "%s, and the probes %s"
                .formatted(
                        String.join(", ", outputs().stream().map(TensorSpec::name).toList()),
                        String.join(", ", probes));
    }
}
