package io.dmst.cli;

import io.dmst.lab.study.StudyPlan;
import io.dmst.lab.study.StudyReport;
import io.dmst.lab.study.StudyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dmst study report}. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Writes the tables and plots of a study, finished or not, beside its plan: into the"
                    + " marks of results.md, with a copy of results.jsonl."
        })
final class StudyReportCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "PLAN", description = "YAML file of the plan.")
    private Path plan = Path.of("");

    @Option(names = "--work", paramLabel = "DIR", description = "Has results.jsonl.")
    private Path work = Path.of("study-work");

    @Option(
            names = "--into",
            paramLabel = "DIR",
            description = "With results.md; the plan's own directory if absent.")
    private @Nullable Path into;

    @Override
    public Integer call() throws IOException {
        Path directory = into == null ? plan.toAbsolutePath().resolveSibling("") : into;
        String progress =
                StudyReport.write(
                        StudyPlan.read(plan), work.resolve(StudyRun.Settings.RESULTS), directory);
        spec.commandLine().getOut().printf("%s: %s%n", directory.normalize(), progress);
        return 0;
    }
}
