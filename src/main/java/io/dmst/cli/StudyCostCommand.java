package io.dmst.cli;

import io.dmst.core.checkpoint.AtomicFile;
import io.dmst.djl.DjlEngines;
import io.dmst.lab.study.CostMeasure;
import io.dmst.lab.study.StudyPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code dmst study cost}. */
@Command(
        name = "cost",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Measures what the arms of a plan cost, with one thread: the forward pass, or what is"
                    + " kept for the backward pass.",
            "Memory is counted by the allocator of the C library: without LD_PRELOAD, as \"dmst study"
                    + " PLAN\" starts it."
        })
final class StudyCostCommand implements Callable<Integer> {

    /** What is measured. */
    enum What {
        TIME,
        MEMORY
    }

    @Parameters(paramLabel = "PLAN", description = "YAML file of the plan.")
    private Path plan = Path.of("");

    @Option(names = "--what", description = "${COMPLETION-CANDIDATES}.")
    private What what = What.TIME;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "JSON file.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        DjlEngines.threads(1);
        CostMeasure measure = new CostMeasure(StudyPlan.read(plan));
        String which = what == What.TIME ? CostMeasure.TIME : CostMeasure.MEMORY;
        AtomicFile.replace(out, new JsonMapper().writeValueAsString(measure.measure(which)));
        return 0;
    }
}
