package io.dmst.cli;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.core.onnx.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dmst export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a model as an ONNX file that needs nothing but pixels, as a model repository of"
                    + " Triton, or as a manifest for KServe; at least one of --out, --triton and"
                    + " --kserve.",
            "Input 'pixels' is UINT8 [batch, height, width, 3]; outputs are 'logits',"
                    + " 'probabilities' and the statistics of the layers. A graph appears after"
                    + " ONNX Runtime has run it."
        })
final class ExportCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model directory: config.json and model.safetensors. Default: bundled.")
    private @Nullable Path model;

    @Option(names = "--out", paramLabel = "FILE", description = "ONNX file to write.")
    private @Nullable Path out;

    @Option(
            names = "--triton",
            paramLabel = "DIR",
            description =
                    "Model repository of Triton to write into: NAME/config.pbtxt,"
                            + " NAME/labels.txt, NAME/VERSION/model.onnx.")
    private @Nullable Path triton;

    @Option(
            names = "--explain",
            description = "With every probe as an output, such as membership.3.")
    private boolean explain;

    @Option(
            names = "--max-batch",
            defaultValue = "64",
            description = "Images that Triton computes together at most. Default: 64.")
    private int maxBatch;

    @Option(
            names = "--triton-device",
            defaultValue = "auto",
            description = "Where Triton runs it: auto, cpu or gpu. Default: auto.")
    private TritonRepository.Device device = TritonRepository.Device.AUTO;

    @Option(
            names = "--kserve",
            paramLabel = "FILE",
            description = "Manifest of an InferenceService to write.")
    private @Nullable Path kserve;

    @Option(
            names = "--kserve-runtime",
            defaultValue = "dmst",
            description =
                    "What serves there: dmst, our own image, or triton, KServe's Triton runtime"
                            + " with the repository of --triton. Default: dmst.")
    private KserveManifest.Runtime runtime = KserveManifest.Runtime.DMST;

    @Option(
            names = "--image",
            defaultValue = "dmst:latest",
            description = "Image of our service. Default: dmst:latest.")
    private String image = "";

    @Option(
            names = "--storage",
            paramLabel = "URI",
            description =
                    "Where KServe fetches the model from, such as pvc://models/mine: a model"
                            + " directory, or for Triton its repository. Default: the image's own"
                            + " model.")
    private @Nullable String storage;

    @Option(
            names = "--gpus",
            defaultValue = "0",
            description = "GPUs of each replica in KServe. Default: 0.")
    private int gpus;

    @Option(
            names = "--precision",
            defaultValue = "fp32",
            paramLabel = "fp32|fp16",
            description =
                    "Of the products of tokens with weights; fp16 is for GPUs. Default: fp32.")
    private Precision precision = Precision.FP32;

    @Override
    public Integer call() throws IOException {
        if (out == null && triton == null && kserve == null) {
            throw new ParameterException(
                    spec.commandLine(), "say what to write: --out, --triton or --kserve");
        }
        ModelDirectory source = LocalModel.directory(model);
        if (out != null || triton != null) {
            OnnxExport export = OnnxExport.of(source, precision);
            byte[] graph = explain ? export.explain() : export.classify();
            if (out != null) {
                tell(source, GraphFile.write(source.config(), graph, out));
            }
            if (triton != null) {
                tell(source, new TritonRepository(triton, maxBatch, device).write(source, graph));
            }
        }
        if (kserve != null) {
            new KserveManifest(runtime, image, storage, gpus).write(source, kserve);
            spec.commandLine().getOut().printf("%s: kubectl apply -f %s%n", kserve, kserve);
        }
        return 0;
    }

    private void tell(ModelDirectory source, GraphFile file) {
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %s %s, %d outputs, %,d bytes; ONNX Runtime runs it%n",
                        file.path(),
                        source.config().name(),
                        source.config().version(),
                        file.outputs().size(),
                        file.bytes());
    }
}
