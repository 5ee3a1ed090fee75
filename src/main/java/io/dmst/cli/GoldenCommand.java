package io.dmst.cli;

import io.dmst.core.checkpoint.Golden;
import io.dmst.djl.GoldenOutputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst golden}. */
@Command(
        name = "golden",
        mixinStandardHelpOptions = true,
        description = {
            "Writes " + Golden.FILE + " into a model's directory: some images and what the",
            "training engine makes of them. Serving starts only if its engine answers the same."
        })
final class GoldenCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Model directory: config.json and model.safetensors.")
    private Path model = Path.of("");

    @Override
    public Integer call() throws IOException {
        GoldenOutputs.write(model);
        spec.commandLine().getOut().println("wrote " + model.resolve(Golden.FILE));
        return 0;
    }
}
