package io.dmst.cli;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.typicality.Reference;
import io.dmst.core.typicality.Typicality;
import io.dmst.lab.study.Corruption;
import io.dmst.lab.study.StudyText;
import io.dmst.lab.study.StudyText.Table;
import io.dmst.lab.study.WindowStudy;
import io.dmst.lab.study.WindowStudy.Known;
import io.dmst.lab.train.data.EvaluationImages;
import io.dmst.lab.train.data.LabelledImage;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst study drift}. */
@Command(
        name = "drift",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Measures how well a model's typicality and drift tell: false alarms over many windows",
            "of test images, images until the alarm, and areas under the ROC against spoilt images",
            "and photographs, beside the largest probability. The same seed gives the same tables."
        })
final class DriftStudyCommand implements Callable<Integer> {

    private static final List<Corruption> CORRUPTIONS =
            List.of(
                    new Corruption.Noise(8),
                    new Corruption.Noise(16),
                    new Corruption.Noise(32),
                    new Corruption.Noise(64),
                    new Corruption.Blur(0.5),
                    new Corruption.Blur(1),
                    new Corruption.Blur(2),
                    new Corruption.Blur(4),
                    new Corruption.Brightness(0.75),
                    new Corruption.Brightness(0.5),
                    new Corruption.Brightness(0.25),
                    new Corruption.Brightness(1.5),
                    new Corruption.Inverted(),
                    new Corruption.Blank(),
                    new Corruption.Static());

    private static final int[] WINDOWS = {64, 256, 1024};
    private static final double[] STATED = {0.01, 0.001};

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", paramLabel = "DIR", description = "The bundled model if absent.")
    private @Nullable Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|ZIP",
            description = "test/CLASS/FILE: images that the reference is not of.")
    private Path data = Path.of("");

    @Option(
            names = "--photos",
            paramLabel = "DIR",
            description = "CLASS/FILE and other/FILE: photographs, for the areas.")
    private @Nullable Path photos;

    @Option(names = "--window", description = "Images of the windows that wait for a drift.")
    private int window = 256;

    @Option(names = "--false-alarms", description = "Their stated share of false alarms.")
    private double stated = 0.001;

    @Option(names = "--windows", description = "To count false alarms in, of every kind.")
    private int windows = 100_000;

    @Option(names = "--trials", description = "Drifts that begin, of every kind.")
    private int trials = 1_000;

    @Option(names = "--seed", description = "Of everything that chance decides.")
    private long seed;

    @Option(
            names = "--into",
            paramLabel = "FILE",
            description = "Document that gets the tables between its marks; else printed.")
    private @Nullable Path into;

    @Override
    public Integer call() throws IOException {
        ModelDirectory directory = LocalModel.directory(model);
        try (LocalModel local = new LocalModel(directory, EngineName.ONNXRUNTIME)) {
            Reference reference = local.model().reference();
            if (reference == null) {
                throw new IllegalArgumentException(
                        "the model has no reference; \"dmst profile\" makes one");
            }
            Typicality typicality = new Typicality(reference);
            LayerRun run = new LayerRun(local, spec.commandLine().getErr());
            write(tables(typicality, seen(run, typicality, directory.labels())));
        }
        return 0;
    }

    /**
     * Images by kind.
     *
     * @param usual test images
     * @param ofClass the same by class
     * @param spoilt the same, spoilt
     * @param photographs by kind
     */
    private record Seen(
            List<Known> usual,
            SequencedMap<String, List<Known>> ofClass,
            SequencedMap<String, List<Known>> spoilt,
            SequencedMap<String, List<Known>> photographs) {}

    private Seen seen(LayerRun run, Typicality typicality, List<String> labels) throws IOException {
        try (EvaluationImages images = EvaluationImages.open(data, labels)) {
            List<LabelledImage> all = images.images();
            SequencedMap<String, List<Known>> ofClass = new LinkedHashMap<>();
            for (int label = 0; label < labels.size(); label++) {
                int wanted = label;
                List<LabelledImage> some =
                        all.stream().filter(image -> image.label() == wanted).toList();
                ofClass.put(
                        labels.get(label),
                        WindowStudy.known(typicality, run.of(labels.get(label), some)));
            }
            SequencedMap<String, List<Known>> spoilt = new LinkedHashMap<>();
            for (Corruption corruption : CORRUPTIONS) {
                spoilt.put(
                        corruption.title(),
                        WindowStudy.known(
                                typicality, run.of(corruption.title(), all, corruption, seed)));
            }
            List<Known> usual = ofClass.values().stream().flatMap(List::stream).toList();
            return new Seen(usual, ofClass, spoilt, photographs(run, typicality, labels));
        }
    }

    private SequencedMap<String, List<Known>> photographs(
            LayerRun run, Typicality typicality, List<String> labels) throws IOException {
        SequencedMap<String, List<Known>> photographs = new LinkedHashMap<>();
        if (photos != null) {
            photographs.put("photographs of the classes", photos(run, typicality, photos, labels));
            photographs.put(
                    "photographs, other", photos(run, typicality, photos, List.of("other")));
        }
        return photographs;
    }

    private static List<Known> photos(
            LayerRun run, Typicality typicality, Path photos, List<String> folders)
            throws IOException {
        try (EvaluationImages images = EvaluationImages.open(photos, folders)) {
            return WindowStudy.known(typicality, run.of("photographs", images.images()));
        }
    }

    private Map<String, String> tables(Typicality typicality, Seen seen) {
        WindowStudy study = new WindowStudy(typicality, window, stated, new Random(seed));
        Table areas = StudyText.areas();
        seen.spoilt()
                .forEach((title, images) -> StudyText.area(areas, title, seen.usual(), images));
        seen.photographs()
                .forEach((title, images) -> StudyText.area(areas, title, seen.usual(), images));
        Map<String, String> tables = new LinkedHashMap<>();
        tables.put("means", StudyText.means(typicality, seen.usual()));
        tables.put("false alarms", alarms(typicality, seen.usual()));
        tables.put("delays", delays(study, seen.usual(), seen.spoilt()));
        tables.put("classes", delays(study, seen.usual(), seen.ofClass()));
        tables.put("areas", areas.text());
        return tables;
    }

    private String alarms(Typicality typicality, List<Known> usual) {
        Table table = StudyText.falseAlarms();
        for (int size : WINDOWS) {
            if (size > usual.size()) {
                continue;
            }
            for (double share : STATED) {
                WindowStudy study = new WindowStudy(typicality, size, share, new Random(seed));
                StudyText.falseAlarms(table, size, share, study.falseAlarms(usual, windows));
            }
        }
        return table.text();
    }

    private String delays(
            WindowStudy study, List<Known> usual, SequencedMap<String, List<Known>> kinds) {
        Table table = StudyText.delays();
        kinds.forEach((title, images) ->
                StudyText.delay(table, title, study.delay(usual, images, trials)));
        return table.text();
    }

    private void write(Map<String, String> tables) throws IOException {
        if (into == null) {
            tables.forEach(
                    (name, table) -> spec.commandLine().getOut().printf("%s%n%n%s%n", name, table));
            return;
        }
        String document = Files.readString(into);
        for (Map.Entry<String, String> table : tables.entrySet()) {
            document = StudyText.replaced(document, table.getKey(), table.getValue());
        }
        Files.writeString(into, document);
    }
}
