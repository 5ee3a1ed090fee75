package io.dmst.cli;

import io.dmst.core.checkpoint.DType;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dmst verify}: how a user checks an imported checkpoint. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Compares the network with the outputs of another implementation.",
            "Exits with 0 if every tensor of the expected file is met, else with 1."
        })
final class VerifyCommand implements Callable<Integer> {

    private static final String INPUT = "input";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The network's config.json.")
    private Path config = Path.of("");

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE",
            description = "Its weights, safetensors.")
    private Path weights = Path.of("");

    @Option(
            names = "--expected",
            required = true,
            paramLabel = "FILE",
            description =
                    "Safetensors with 'input' (normalised, [batch, 3, height, width]) and what must"
                            + " come of it: logits, membership.3, ...")
    private Path expected = Path.of("");

    @Option(
            names = "--tolerance",
            paramLabel = "ERROR",
            description = "Largest error, relative to a tensor's largest absolute value.")
    private double tolerance = 1e-4;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "What computes: ${COMPLETION-CANDIDATES}.")
    private VerifyEngine engine = VerifyEngine.ONNXRUNTIME;

    @Override
    public Integer call() throws IOException {
        if (!(tolerance >= 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--tolerance must be 0 or more, not " + tolerance);
        }
        ModelConfig network = ModelConfig.read(config);
        TensorMap wanted = Safetensors.read(expected);
        Set<String> names = new TreeSet<>(wanted.names());
        names.remove(INPUT);
        if (names.isEmpty()) {
            throw new IllegalArgumentException(
                    expected + ": there is nothing to compare besides 'input'");
        }
        Tensor input = input(network, wanted);
        TensorMap actual = engine.run(network, Safetensors.read(weights), input, names);
        return report(names.stream().map(name -> Comparison.of(name, wanted, actual)).toList());
    }

    private static Tensor input(ModelConfig network, TensorMap wanted) {
        Tensor input = wanted.get(INPUT).to(DType.F32);
        int height = network.imageSize().height();
        int width = network.imageSize().width();
        if (input.rank() != 4
                || input.shape().getFirst() < 1
                || !input.shape().subList(1, 4).equals(List.of(3, height, width))) {
            throw new IllegalArgumentException(
                    "%s: 'input' must have shape [batch, 3, %d, %d], not %s"
                            .formatted(wanted.source(), height, width, input.shape()));
        }
        return input;
    }

    private int report(List<Comparison> comparisons) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(Comparison.HEADING);
        comparisons.forEach(comparison -> out.println(comparison.line(tolerance)));
        long met = comparisons.stream().filter(each -> each.within(tolerance)).count();
        out.printf("%d of %d tensors within %s%n", met, comparisons.size(), tolerance);
        return met == comparisons.size() ? 0 : 1;
    }
}
